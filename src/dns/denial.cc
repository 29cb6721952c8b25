#include "dns/denial.h"

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "base/check.h"

namespace dskeeper::dns {
namespace {

constexpr std::size_t window_octets_max = 32;
constexpr std::uint8_t nsec3_sha1 = 1;         // the only hash algorithm, RFC 5155 §11
constexpr std::uint8_t nsec3_flags_known = 1;  // opt-out
using Sha1 = std::array<std::uint8_t, 20>;

struct FreeMd {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// RFC 5155 §5: IH(salt, x, k) = H(IH(salt, x, k-1) | salt).
Sha1 iterated_hash(const Name& name, ByteView salt, unsigned iterations) {
  // Fetched once: an implicit fetch costs more than the hash.
  static const std::unique_ptr<EVP_MD, FreeMd> sha1(EVP_MD_fetch(nullptr, "SHA1", nullptr));
  const std::unique_ptr<EVP_MD_CTX, FreeMd> context(EVP_MD_CTX_new());
  CHECK(sha1 && context);
  Sha1 digest{};
  ByteView input = name.wire();
  for (unsigned round = 0; round <= iterations; ++round) {
    CHECK(EVP_DigestInit_ex2(context.get(), sha1.get(), nullptr) == 1);
    CHECK(EVP_DigestUpdate(context.get(), input.data(), input.size()) == 1);
    CHECK(EVP_DigestUpdate(context.get(), salt.data(), salt.size()) == 1);
    CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
    input = digest;
  }
  return digest;
}

// RFC 4648 §7 without padding, in the lower case that Name folds to. 20 octets are 32 digits.
std::string base32hex(const Sha1& digest) {
  static constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";
  std::string out;
  unsigned group = 0;
  unsigned bits = 0;
  for (const std::uint8_t octet : digest) {
    group = (group << 8U | octet) & 0xFFFU;  // at most 4 bits are left over from before
    for (bits += 8; bits >= 5; bits -= 5) out += digits[group >> (bits - 5U) & 0x1FU];
  }
  return out;
}

// RFC 5155 §3.2.
struct Nsec3 {
  unsigned iterations = 0;
  ByteView salt;
  ByteView bitmap;
};

// Nothing for the malformed and for what RFC 5155 §8.1 and §8.2 tell validators to ignore.
std::optional<Nsec3> read_nsec3(ByteView rdata) {
  static constexpr std::size_t fixed = 5;  // algorithm, flags, iterations (2), salt length
  if (rdata.size() < fixed) return std::nullopt;
  if (rdata[0] != nsec3_sha1 || rdata[1] > nsec3_flags_known) return std::nullopt;
  Nsec3 nsec3;
  nsec3.iterations = static_cast<unsigned>(rdata[2]) << 8U | rdata[3];
  const std::size_t salt_octets = rdata[4];
  if (rdata.size() < fixed + salt_octets + 1) return std::nullopt;
  nsec3.salt = rdata.subspan(fixed, salt_octets);
  const std::size_t hash_at = fixed + salt_octets;
  if (rdata[hash_at] != Sha1().size()) return std::nullopt;
  if (rdata.size() < hash_at + 1 + Sha1().size()) return std::nullopt;
  nsec3.bitmap = rdata.subspan(hash_at + 1 + Sha1().size());
  return nsec3;
}

// Finds the NSEC3 that matches a name of a zone. RFC 5155 §8.2 lets us take all NSEC3 of a response
// to have the same parameters: those of the first one count, so that a message costs one hash.
class Nsec3Matcher {
 public:
  Nsec3Matcher(const Name& name, const Name& zone) : name_(name), zone_(zone) {}

  std::optional<TypeBitmap> match(const Rrset& rrset) {
    if (rrset.rdata.size() != 1 || rrset.owner.is_root()) return std::nullopt;
    if (rrset.owner.parent() != zone_) return std::nullopt;
    const auto nsec3 = read_nsec3(rrset.rdata.front());
    if (!nsec3 || nsec3->iterations > nsec3_iterations_max) return std::nullopt;
    if (hash_.empty()) {
      salt_ = nsec3->salt;
      iterations_ = nsec3->iterations;
      hash_ = base32hex(iterated_hash(name_, salt_, iterations_));
    }
    const bool same_parameters =
        nsec3->iterations == iterations_ &&
        std::equal(salt_.begin(), salt_.end(), nsec3->salt.begin(), nsec3->salt.end());
    if (!same_parameters || rrset.owner.labels().front() != hash_) return std::nullopt;
    auto types = TypeBitmap::from_wire(nsec3->bitmap);
    if (!types) return std::nullopt;
    return std::move(*types);
  }

 private:
  const Name& name_;
  const Name& zone_;
  ByteView salt_;
  unsigned iterations_ = 0;
  std::string hash_;
};

// The record that tells which types the name has, and that `is_of_use` as far as they tell.
template <typename Predicate>
std::optional<Denial> find(const Message& message, const Name& name, const Name& zone,
                           Predicate is_of_use) {
  Nsec3Matcher nsec3(name, zone);
  for (const Rrset& rrset : message.authority) {
    std::optional<TypeBitmap> types;
    if (rrset.type == RecordType::nsec && rrset.owner == name && rrset.rdata.size() == 1) {
      if (auto nsec = Nsec::from_rdata(rrset.rdata.front())) types = std::move(nsec->types);
    } else if (rrset.type == RecordType::nsec3) {
      types = nsec3.match(rrset);
    }
    if (types && is_of_use(*types)) return Denial{&rrset, std::move(*types)};
  }
  return std::nullopt;
}

}  // namespace

Result<TypeBitmap> TypeBitmap::from_wire(ByteView wire) {
  TypeBitmap bitmap;
  int last_window = -1;
  while (!wire.empty()) {
    if (wire.size() < 2) return fail("the type bitmap is cut off");
    const unsigned window = wire[0];
    const std::size_t length = wire[1];
    if (static_cast<int>(window) <= last_window) return fail("type bitmap windows out of order");
    if (length < 1 || length > window_octets_max) return fail("a type bitmap window of bad length");
    if (wire.size() < 2 + length) return fail("the type bitmap is cut off");
    const ByteView bits = wire.subspan(2, length);
    // "Trailing octets of zero MUST be omitted", which also forbids windows without any type.
    if (bits.back() == 0) return fail("a type bitmap window ends with an octet of zero");
    for (unsigned bit = 0; bit < length * 8; ++bit) {
      if ((bits[bit / 8] & 0x80U >> bit % 8) == 0) continue;
      bitmap.types_.insert(static_cast<RecordType>(window << 8U | bit));
    }
    last_window = static_cast<int>(window);
    wire = wire.subspan(2 + length);
  }
  return bitmap;
}

// The next name is never compressed (RFC 3597 §4).
Result<Nsec> Nsec::from_rdata(ByteView rdata) {
  std::size_t end = 0;
  auto next = Name::from_message(rdata, end, false);
  if (!next) return pass_on(std::move(next));
  auto types = TypeBitmap::from_wire(rdata.subspan(end));
  if (!types) return pass_on(std::move(types));
  return Nsec{*std::move(next), *std::move(types)};
}

Bytes TypeBitmap::to_wire() const {
  Bytes out;
  for (auto type = types_.begin(); type != types_.end();) {
    const auto window = static_cast<std::uint16_t>(static_cast<unsigned>(*type) >> 8U);
    Bytes bits;
    for (; type != types_.end() && static_cast<unsigned>(*type) >> 8U == window; ++type) {
      const unsigned bit = static_cast<unsigned>(*type) & 0xFFU;
      bits.resize(bit / 8 + 1);
      bits[bit / 8] = static_cast<std::uint8_t>(bits[bit / 8] | 0x80U >> bit % 8);
    }
    out.push_back(static_cast<std::uint8_t>(window));
    out.push_back(static_cast<std::uint8_t>(bits.size()));
    out.insert(out.end(), bits.begin(), bits.end());
  }
  return out;
}

std::optional<Denial> find_apex_denial(const Message& message, const Name& apex) {
  // An apex has an SOA; without it the record is the parent's view of the zone cut, which says
  // nothing about the child's types (RFC 6840 §4.1, RFC 5155 §8.9).
  return find(message, apex, apex,
              [](const TypeBitmap& types) { return types.has(RecordType::soa); });
}

std::optional<Denial> find_denial(const Message& message, const Name& name, const Name& zone) {
  if (name == zone) return find_apex_denial(message, zone);
  return find(message, name, zone,
              [](const TypeBitmap& types) { return !types.has(RecordType::ns); });
}

}  // namespace dskeeper::dns
