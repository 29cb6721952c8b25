#include "dns/types.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace dskeeper::dns {
namespace {

template <typename Value>
struct Named {
  Value value;
  std::string_view text;
};

// Also the types that only appear in bitmaps and in passing; IANA's names.
constexpr auto record_types = std::to_array<Named<std::uint16_t>>({
    {1, "A"},           {2, "NS"},          {5, "CNAME"},   {6, "SOA"},     {11, "WKS"},
    {12, "PTR"},        {13, "HINFO"},      {15, "MX"},     {16, "TXT"},    {17, "RP"},
    {18, "AFSDB"},      {24, "SIG"},        {25, "KEY"},    {28, "AAAA"},   {29, "LOC"},
    {33, "SRV"},        {35, "NAPTR"},      {36, "KX"},     {37, "CERT"},   {39, "DNAME"},
    {41, "OPT"},        {42, "APL"},        {43, "DS"},     {44, "SSHFP"},  {45, "IPSECKEY"},
    {46, "RRSIG"},      {47, "NSEC"},       {48, "DNSKEY"}, {49, "DHCID"},  {50, "NSEC3"},
    {51, "NSEC3PARAM"}, {52, "TLSA"},       {53, "SMIMEA"}, {55, "HIP"},    {59, "CDS"},
    {60, "CDNSKEY"},    {61, "OPENPGPKEY"}, {62, "CSYNC"},  {63, "ZONEMD"}, {64, "SVCB"},
    {65, "HTTPS"},      {66, "DSYNC"},      {99, "SPF"},    {108, "EUI48"}, {109, "EUI64"},
    {249, "TKEY"},      {250, "TSIG"},      {251, "IXFR"},  {252, "AXFR"},  {255, "ANY"},
    {256, "URI"},       {257, "CAA"},
});

constexpr auto rcodes = std::to_array<Named<Rcode>>({
    {Rcode::noerror, "NOERROR"},
    {Rcode::formerr, "FORMERR"},
    {Rcode::servfail, "SERVFAIL"},
    {Rcode::nxdomain, "NXDOMAIN"},
    {Rcode::notimp, "NOTIMP"},
    {Rcode::refused, "REFUSED"},
    {Rcode::yxdomain, "YXDOMAIN"},
    {Rcode::yxrrset, "YXRRSET"},
    {Rcode::nxrrset, "NXRRSET"},
    {Rcode::notauth, "NOTAUTH"},
    {Rcode::notzone, "NOTZONE"},
    {Rcode::badsig, "BADSIG"},
    {Rcode::badkey, "BADKEY"},
    {Rcode::badtime, "BADTIME"},
    {Rcode::badtrunc, "BADTRUNC"},
});

constexpr auto algorithms = std::to_array<Named<Algorithm>>({
    {Algorithm::rsasha1, "RSASHA1"},
    {Algorithm::rsasha1_nsec3_sha1, "RSASHA1-NSEC3-SHA1"},
    {Algorithm::rsasha256, "RSASHA256"},
    {Algorithm::rsasha512, "RSASHA512"},
    {Algorithm::ecc_gost, "ECC-GOST"},
    {Algorithm::ecdsap256sha256, "ECDSAP256SHA256"},
    {Algorithm::ecdsap384sha384, "ECDSAP384SHA384"},
    {Algorithm::ed25519, "ED25519"},
    {Algorithm::ed448, "ED448"},
});

constexpr auto digest_types = std::to_array<Named<DigestType>>({
    {DigestType::sha1, "SHA-1"},
    {DigestType::sha256, "SHA-256"},
    {DigestType::gost94, "GOST R 34.11-94"},
    {DigestType::sha384, "SHA-384"},
});

template <typename Table, typename Value>
std::string text_or_number(const Table& table, Value value, std::string_view prefix) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [value](const auto& entry) { return entry.value == value; });
  if (found != table.end()) return std::string(found->text);
  return fmt::format("{}{}", prefix, static_cast<unsigned>(value));
}

bool equal_without_case(std::string_view one, std::string_view other) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [&](char a, char b) { return upper(a) == upper(b); });
}

}  // namespace

std::string to_text(RecordType type) {
  return text_or_number(record_types, static_cast<std::uint16_t>(type), "TYPE");
}

Result<RecordType> parse_record_type(std::string_view text) {
  for (const auto& entry : record_types) {
    if (equal_without_case(entry.text, text)) return static_cast<RecordType>(entry.value);
  }
  // RFC 3597 §5: TYPE and a decimal number, also for types that have a name.
  constexpr std::size_t prefix = 4;
  std::uint16_t number = 0;
  if (text.size() > prefix && equal_without_case(text.substr(0, prefix), "TYPE")) {
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + prefix, end, number);
    if (error == std::errc() && rest == end) return static_cast<RecordType>(number);
  }
  return fail(fmt::format("\"{}\" is not a record type", text), {},
              "Write its name, or TYPE and its number, as TYPE65280.");
}

std::string to_text(Rcode rcode) {
  return text_or_number(rcodes, rcode, "RCODE");
}

std::string to_text(Algorithm algorithm) {
  return text_or_number(algorithms, algorithm, "");
}

std::string to_text(DigestType type) {
  return text_or_number(digest_types, type, "");
}

}  // namespace dskeeper::dns
