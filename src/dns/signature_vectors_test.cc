// The signatures that RFC 5702, RFC 6605 and RFC 8080 print as examples.
#include <gtest/gtest.h>

#include "dns/signature.h"

namespace dskeeper::dns {
namespace {

constexpr std::chrono::seconds second(1);

// A signature printed in an RFC.
struct Vector {
  const char* rfc;
  const char* zone;
  const char* owner;
  RecordType type;
  Bytes rdata;
  const char* dnskey;
  std::uint8_t labels;
  std::uint16_t key_tag;
  const char* inception;
  const char* expiration;
  const char* signature;

  [[nodiscard]] SignatureStatus verify() const {
    const Dnskey key = Dnskey::parse(dnskey).value();
    const Rrset rrset{Name::parse(owner).value(), type, Ttl{3600}, {rdata}, {}};
    Rrsig rrsig;
    rrsig.covered = type;
    rrsig.algorithm = key.algorithm;
    rrsig.labels = labels;
    rrsig.original_ttl = Ttl{3600};
    rrsig.inception = parse_time(inception).value();
    rrsig.expiration = parse_time(expiration).value();
    rrsig.key_tag = KeyTag{key_tag};
    rrsig.signer = Name::parse(zone).value();
    rrsig.signature = from_base64(signature).value();
    Verifier verifier;
    VerificationBudget budget;
    return verifier.verify(rrset, rrsig, key, rrsig.signer, rrsig.inception + second, budget);
  }
};

const Bytes mx_rdata = from_hex("000A 046D61696C 076578616D706C65 03636F6D 00").value();
constexpr const char* from_2015 = "2015-07-29T22:00:00Z";
constexpr const char* to_2015 = "2015-08-19T22:00:00Z";

// Those of RFC 8080 with erratum 4935: the printed ones count three labels in "example.com.". Those
// for Ed448 are made from the printed private keys by the openssl command; EdDSA has one signature
// for a message.
const std::vector<Vector> vectors = {
    {"RFC 5702 §6.1",
     "example.net.",
     "www.example.net.",
     RecordType::a,
     {192, 0, 2, 91},
     "256 3 8 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/D"
     "lUmObdk=",
     3,
     9033,
     "2000-01-01T00:00:00Z",
     "2030-01-01T00:00:00Z",
     "kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lPtPiVYP4bwg=="},
    {"RFC 5702 §6.2",
     "example.net.",
     "www.example.net.",
     RecordType::a,
     {192, 0, 2, 91},
     "256 3 10 AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFDxj13tOnD"
     "9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8gpMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL",
     3,
     3740,
     "2000-01-01T00:00:00Z",
     "2030-01-01T00:00:00Z",
     "tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep94PzEWzr0iGYgZBWm"
     "/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw="},
    {"RFC 6605 §6.1",
     "example.net.",
     "www.example.net.",
     RecordType::a,
     {192, 0, 2, 1},
     "257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8N"
     "AA==",
     3,
     55648,
     "2010-08-12T10:04:39Z",
     "2010-09-09T10:04:39Z",
     "qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw=="},
    {"RFC 6605 §6.2",
     "example.net.",
     "www.example.net.",
     RecordType::a,
     {192, 0, 2, 1},
     "257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+O"
     "B+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40",
     3,
     10771,
     "2010-08-12T10:20:25Z",
     "2010-09-09T10:20:25Z",
     "/L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSS"
     "Pdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm"},
    {"RFC 8080 §6.1", "example.com.", "example.com.", RecordType{15}, mx_rdata,
     "257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", 2, 3613, from_2015, to_2015,
     "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg=="},
    {"RFC 8080 §6.1", "example.com.", "example.com.", RecordType{15}, mx_rdata,
     "257 3 15 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=", 2, 35217, from_2015, to_2015,
     "zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg=="},
    {"RFC 8080 §6.2", "example.com.", "example.com.", RecordType{15}, mx_rdata,
     "257 3 16 3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYUcJKm1MDpJtIA", 2,
     9713, from_2015, to_2015,
     "3cPAHkmlnxcDHMyg7vFC34l0blBhuG1qpwLmjInI8w1CMB29FkEAIJUA0amxWndkmnBZ6SKiwZSAxGILn/NBtOXft0+G"
     "j7FSvOKxE/07+4RQvE581N3Aj/JtIyaiYVdnYtyMWbSNyGEY2213WKsJlwEA"},
    {"RFC 8080 §6.2", "example.com.", "example.com.", RecordType{15}, mx_rdata,
     "257 3 16 kkreGWoccSDmUBGAe7+zsbG6ZAFQp+syPmYUurBRQc3tDjeMCJcVMRDmgcNLp5HlHAMy12VoISsA", 2,
     38353, from_2015, to_2015,
     "E1/oLjSGIbmLny/4fcgM1z4oL6aqo+izT3urCyHyvEp4Sp8Syg1eI+lJ57CSnZqjJP41O/9l4m0AsQ4f7qI1gVnML8vW"
     "WiyW2KXhT9kuAICUSxv5OWbf81Rq7Yu60npabODB0QFPb/rkW3kUZmQ0YQUA"},
};

TEST(Verifier, TheSignaturesPrintedInTheRfcsAreValid) {
  for (const Vector& vector : vectors) {
    EXPECT_EQ(vector.verify(), SignatureStatus::valid) << vector.rfc;
  }
}

TEST(Rfc8080, S6_1_TheExampleAsPrintedCountsALabelTooMany) {
  Vector printed = vectors[4];
  printed.labels = 3;
  printed.signature =
      "Edk+IB9KNNWg0HAjm7FazXyrd5m3Rk8zNZbvNpAcM+eysqcUOMIjWoevFkjH5GaMWeG96GUVZu6ECKOQmemHDg==";
  EXPECT_EQ(printed.verify(), SignatureStatus::wrong_scope);
}

}  // namespace
}  // namespace dskeeper::dns
