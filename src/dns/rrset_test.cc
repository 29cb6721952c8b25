#include "dns/rrset.h"

#include <gtest/gtest.h>
#include <ldns/ldns.h>

#include <memory>

namespace dskeeper::dns {
namespace {

struct FreeRr {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct FreeList {
  void operator()(ldns_rr_list* list) const { ldns_rr_list_deep_free(list); }
};
struct FreeBuffer {
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
};

ldns_rr* new_ldns_rr(const std::string& text) {
  ldns_rr* rr = nullptr;
  EXPECT_EQ(ldns_rr_new_frm_str(&rr, text.c_str(), 0, nullptr, nullptr), LDNS_STATUS_OK) << text;
  return rr;
}

Name name(std::string_view text) {
  return Name::parse(text).value();
}

Rrsig signature_over(RecordType type, std::uint8_t labels) {
  return Rrsig{.covered = type,
               .algorithm = Algorithm::ecdsap256sha256,
               .labels = labels,
               .original_ttl = Ttl{3600},
               .expiration = parse_time("2026-12-24T00:00:00Z").value(),
               .inception = parse_time("2026-11-24T00:00:00Z").value(),
               .key_tag = KeyTag{2371},
               .signer = name("kid.example."),
               .signature = {1, 2, 3}};
}

// ldns' way to the same octets, as in its own verifier.
Bytes ldns_signed_data(const std::vector<std::string>& records, const std::string& rrsig) {
  const std::unique_ptr<ldns_rr_list, FreeList> list(ldns_rr_list_new());
  for (const std::string& text : records) {
    ldns_rr* rr = new_ldns_rr(text);
    ldns_rr_set_ttl(rr, 3600);
    ldns_rr2canonical(rr);
    ldns_rr_list_push_rr(list.get(), rr);
  }
  ldns_rr_list_sort(list.get());
  const std::unique_ptr<ldns_rr, FreeRr> signature(new_ldns_rr(rrsig));
  const std::unique_ptr<ldns_buffer, FreeBuffer> buffer(ldns_buffer_new(LDNS_MAX_PACKETLEN));
  EXPECT_EQ(ldns_rrsig2buffer_wire(buffer.get(), signature.get()), LDNS_STATUS_OK);
  EXPECT_EQ(ldns_rr_list2buffer_wire(buffer.get(), list.get()), LDNS_STATUS_OK);
  const std::uint8_t* begin = ldns_buffer_begin(buffer.get());
  return {begin, begin + ldns_buffer_position(buffer.get())};
}

TEST(Rfc4034, S6_3_RdataIsOrderedByOctetsAndWithoutDuplicates) {
  EXPECT_EQ(make_rdata_set({{0x80}, {1, 0}, {}, {1}, {1, 0}, {0, 255}}),
            (std::vector<Bytes>{{}, {0, 255}, {1}, {1, 0}, {0x80}}));
}

TEST(Rfc4034, S3_1_8_1_SignedDataIsWhatLdnsSigns) {
  Rrset rrset{name("kid.example."), RecordType::ns, Ttl{60}, {}, {}};
  for (const char* server : {"a.op.example.", "ns1.op.example.", "ns2.op.example."}) {
    const Name target = name(server);
    rrset.rdata.emplace_back(target.wire().begin(), target.wire().end());
  }
  rrset.rdata = make_rdata_set(std::move(rrset.rdata));
  EXPECT_EQ(to_hex(signed_data(rrset, signature_over(RecordType::ns, 2))),
            to_hex(ldns_signed_data(
                {"Kid.Example. 60 NS NS2.op.example.", "kid.example. 60 NS a.OP.example.",
                 "KID.example. 60 NS ns1.op.example."},
                "kid.example. 3600 RRSIG NS 13 2 3600 20261224000000 20261124000000 2371 "
                "kid.example. AQID")));
}

TEST(Rfc4035, S5_3_2_AnExpandedAnswerIsSignedAsItsWildcard) {
  const Bytes address = {192, 0, 2, 1};
  const auto signed_as = [&](std::string_view owner, std::uint8_t labels) {
    const Rrset rrset{name(owner), RecordType::a, Ttl{60}, {address}, {}};
    return signed_data(rrset, signature_over(RecordType::a, labels));
  };
  EXPECT_EQ(signed_as("www.sub.kid.example.", 2), signed_as("*.kid.example.", 2));
  EXPECT_EQ(signed_as("www.sub.kid.example.", 3), signed_as("*.sub.kid.example.", 3));
  EXPECT_NE(signed_as("www.sub.kid.example.", 4), signed_as("*.sub.kid.example.", 4));
  EXPECT_EQ(signed_as("example.", 0), signed_as("*.", 0));
}

TEST(Rfc4035, S5_3_1_MoreLabelsThanTheOwnerHasChangeNothingHere) {
  const Rrset rrset{name("kid.example."), RecordType::a, Ttl{60}, {{192, 0, 2, 1}}, {}};
  const Bytes data = signed_data(rrset, signature_over(RecordType::a, 200));
  EXPECT_FALSE(data.empty());  // the verifier refuses it by its label count
}

}  // namespace
}  // namespace dskeeper::dns
