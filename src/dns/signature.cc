#include "dns/signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/check.h"
#include "dns/openssl_keys.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

// A cache that is full is emptied: the children in work fill it again within milliseconds.
constexpr std::size_t cached_keys_max = 4'096;  // about 3 KB each

struct Free {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Owned<EVP_MD> fetch(const char* name) {
  Owned<EVP_MD> md(EVP_MD_fetch(nullptr, name, nullptr));
  CHECK(md);
  return md;
}

// A public key, ready to verify. Without `pkey` it is one that cannot be used.
struct Key {
  Pkey pkey;
  Owned<EVP_PKEY_CTX> context;  // set up once; only for keys that sign a digest
};

// Labels that an RRSIG counts: neither the root nor a leading asterisk (RFC 4034 §3.1.3).
std::size_t counted_labels(const Name& owner) {
  const ByteView wire = owner.wire();
  const bool is_wildcard = wire.size() > 2 && wire[0] == 1 && wire[1] == '*';
  return owner.label_count() - (is_wildcard ? 1 : 0);
}

bool is_in_scope(const Rrset& rrset, const Rrsig& signature, const Name& zone) {
  if (signature.covered != rrset.type) return false;
  if (!rrset.owner.is_at_or_below(zone)) return false;
  // DS belongs to the parent's side of the cut (RFC 4035 §2.4): the zone cannot sign its own.
  if (rrset.type == RecordType::ds && rrset.owner == zone && !zone.is_root()) return false;
  // Fewer labels than the owner has: expanded from a wildcard.
  return signature.labels == counted_labels(rrset.owner);
}

// RFC 4035 §5.3.1, all but the arithmetic; `valid` means that nothing speaks against it.
SignatureStatus check_conditions(const Rrset& rrset, const Rrsig& signature, const Dnskey& key,
                                 const Name& zone, Time now) {
  if (!is_in_scope(rrset, signature, zone)) return SignatureStatus::wrong_scope;
  if (signature.signer != zone || signature.algorithm != key.algorithm ||
      signature.key_tag != key.key_tag()) {
    return SignatureStatus::wrong_key;
  }
  if (!is_supported(key.algorithm)) return SignatureStatus::unsupported_algorithm;
  // RFC 4034 §2.1.1, §2.1.2; RFC 5011 §2.1.
  if (!key.is_zone_key() || key.is_revoked() || key.protocol != 3) return SignatureStatus::bad_key;
  // Both ends belong to the window; they are whole seconds.
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second > signature.expiration) return SignatureStatus::expired;
  if (second < signature.inception) return SignatureStatus::not_yet_valid;
  return SignatureStatus::valid;
}

// What a verification costs, in such of P-256; roughly.
unsigned cost_of(const Dnskey& key) {
  constexpr unsigned dear = 8;
  constexpr std::size_t rsa_2048_octets_max = 264;  // with an exponent of up to seven octets
  switch (key.algorithm) {
    case Algorithm::rsasha256:
    case Algorithm::rsasha512:
      return key.public_key.size() <= rsa_2048_octets_max ? 1 : dear;
    case Algorithm::ecdsap384sha384:
    case Algorithm::ed448:
      return dear;
    default:
      return 1;
  }
}

}  // namespace

std::string to_text(SignatureStatus status) {
  switch (status) {
    case SignatureStatus::valid:
      return "valid";
    case SignatureStatus::expired:
      return "expired";
    case SignatureStatus::not_yet_valid:
      return "not yet valid";
    case SignatureStatus::wrong_key:
      return "made by another key";
    case SignatureStatus::wrong_scope:
      return "not for this RRset";
    case SignatureStatus::unsupported_algorithm:
      return "of an unsupported algorithm";
    case SignatureStatus::bad_key:
      return "made by an unusable key";
    case SignatureStatus::bad_signature:
      return "wrong";
    case SignatureStatus::too_much_work:
      return "one of too many";
  }
  return "unknown";
}

bool is_supported(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::rsasha256:
    case Algorithm::rsasha512:
    case Algorithm::ecdsap256sha256:
    case Algorithm::ecdsap384sha384:
    case Algorithm::ed25519:
    case Algorithm::ed448:
      return true;
    default:
      return false;
  }
}

struct Verifier::State {
  const Owned<EVP_MD> sha256 = fetch("SHA256");
  const Owned<EVP_MD> sha384 = fetch("SHA384");
  const Owned<EVP_MD> sha512 = fetch("SHA512");
  const Owned<EVP_MD_CTX> hasher{EVP_MD_CTX_new()};
  const Owned<EVP_MD_CTX> one_shot{EVP_MD_CTX_new()};  // for Ed25519 and Ed448

  std::shared_ptr<VerifiedSignatures> known;
  std::unordered_map<std::string, Key> keys;  // by DNSKEY RDATA
  Counts counts;

  explicit State(std::shared_ptr<VerifiedSignatures> its_known) : known(std::move(its_known)) {}

  // `out` must hold the digest.
  void hash(const EVP_MD* md, ByteView data, std::uint8_t* out) const {
    CHECK(EVP_DigestInit_ex2(hasher.get(), md, nullptr) == 1);
    CHECK(EVP_DigestUpdate(hasher.get(), data.data(), data.size()) == 1);
    CHECK(EVP_DigestFinal_ex(hasher.get(), out, nullptr) == 1);
  }

  // One digest over parts that others choose: their lengths are hashed too, or octets could be
  // moved from one part into the next without changing it.
  VerifiedSignatures::Tag tag_of(ByteView data, ByteView signature, ByteView key) const {
    CHECK(EVP_DigestInit_ex2(hasher.get(), sha256.get(), nullptr) == 1);
    for (const ByteView part : {ByteView(known->secret()), data, signature, key}) {
      const std::uint64_t size = part.size();
      CHECK(EVP_DigestUpdate(hasher.get(), &size, sizeof size) == 1);
      CHECK(EVP_DigestUpdate(hasher.get(), part.data(), part.size()) == 1);
    }
    Sha256 digest{};
    CHECK(EVP_DigestFinal_ex(hasher.get(), digest.data(), nullptr) == 1);
    VerifiedSignatures::Tag tag{};
    std::copy_n(digest.begin(), tag.size(), tag.begin());
    return tag;
  }

  const Key& key_for(const Dnskey& dnskey, ByteView rdata);
  bool compute(const Key& key, Algorithm algorithm, ByteView data, ByteView signature) const;
  bool verify_digest(const Key& key, const EVP_MD* md, ByteView data, ByteView signature) const;
  bool verify_ecdsa(const Key& key, const EVP_MD* md, std::size_t octets, ByteView data,
                    ByteView signature) const;
  bool verify_ed(const Key& key, ByteView data, ByteView signature) const;
};

const Key& Verifier::State::key_for(const Dnskey& dnskey, ByteView rdata) {
  std::string id(rdata.begin(), rdata.end());
  const auto found = keys.find(id);
  if (found != keys.end()) return found->second;
  if (keys.size() >= cached_keys_max) keys.clear();
  Key key;
  key.pkey = make_pkey(dnskey);
  const bool signs_digest =
      dnskey.algorithm != Algorithm::ed25519 && dnskey.algorithm != Algorithm::ed448;
  if (key.pkey && signs_digest) {
    key.context.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, key.pkey.get(), nullptr));
    CHECK(key.context && EVP_PKEY_verify_init(key.context.get()) == 1);
    const EVP_MD* md = dnskey.algorithm == Algorithm::rsasha512         ? sha512.get()
                       : dnskey.algorithm == Algorithm::ecdsap384sha384 ? sha384.get()
                                                                        : sha256.get();
    CHECK(EVP_PKEY_CTX_set_signature_md(key.context.get(), md) == 1);
    if (EVP_PKEY_get_base_id(key.pkey.get()) == EVP_PKEY_RSA) {  // RFC 5702 §3: PKCS #1 v1.5
      CHECK(EVP_PKEY_CTX_set_rsa_padding(key.context.get(), RSA_PKCS1_PADDING) == 1);
    }
  }
  ERR_clear_error();  // OpenSSL keeps a queue of what it disliked
  return keys.emplace(std::move(id), std::move(key)).first->second;
}

bool Verifier::State::compute(const Key& key, Algorithm algorithm, ByteView data,
                              ByteView signature) const {
  switch (algorithm) {
    case Algorithm::rsasha256:
      return verify_digest(key, sha256.get(), data, signature);
    case Algorithm::rsasha512:
      return verify_digest(key, sha512.get(), data, signature);
    case Algorithm::ecdsap256sha256:
      return verify_ecdsa(key, sha256.get(), 32, data, signature);
    case Algorithm::ecdsap384sha384:
      return verify_ecdsa(key, sha384.get(), 48, data, signature);
    case Algorithm::ed25519:
    case Algorithm::ed448:
      return verify_ed(key, data, signature);
    default:
      return false;
  }
}

bool Verifier::State::verify_digest(const Key& key, const EVP_MD* md, ByteView data,
                                    ByteView signature) const {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  hash(md, data, digest.data());
  return EVP_PKEY_verify(key.context.get(), signature.data(), signature.size(), digest.data(),
                         static_cast<std::size_t>(EVP_MD_get_size(md))) == 1;
}

bool Verifier::State::verify_ecdsa(const Key& key, const EVP_MD* md, std::size_t octets,
                                   ByteView data, ByteView signature) const {
  const auto der = ecdsa_der(signature, octets);
  return der && verify_digest(key, md, data, *der);
}

bool Verifier::State::verify_ed(const Key& key, ByteView data, ByteView signature) const {
  // Without the reset OpenSSL goes on with the key of the call before.
  CHECK(EVP_MD_CTX_reset(one_shot.get()) == 1);
  CHECK(EVP_DigestVerifyInit_ex(one_shot.get(), nullptr, nullptr, nullptr, nullptr, key.pkey.get(),
                                nullptr) == 1);
  return EVP_DigestVerify(one_shot.get(), signature.data(), signature.size(), data.data(),
                          data.size()) == 1;
}

Verifier::Verifier() : Verifier(std::make_shared<VerifiedSignatures>()) {}

Verifier::Verifier(std::shared_ptr<VerifiedSignatures> known)
    : state_(std::make_unique<State>(std::move(known))) {
  CHECK(state_->hasher && state_->one_shot);
}

Verifier::~Verifier() = default;

Verifier::Counts Verifier::counts() const {
  return state_->counts;
}

SignatureStatus Verifier::verify(const Rrset& rrset, const Rrsig& signature, const Dnskey& key,
                                 const Name& zone, Time now, VerificationBudget& budget) {
  const SignatureStatus status = check_conditions(rrset, signature, key, zone, now);
  if (status != SignatureStatus::valid) return status;

  State& state = *state_;
  const Bytes key_rdata = key.to_rdata();
  const Bytes data = signed_data(rrset, signature);
  const VerifiedSignatures::Tag tag = state.tag_of(data, signature.signature, key_rdata);
  if (const auto seen = budget.find(tag)) {
    ++state.counts.known;
    return *seen;
  }
  const unsigned cost = cost_of(key);
  if (!budget.admit(cost)) return SignatureStatus::too_much_work;
  if (state.known->contains(tag)) {
    ++state.counts.known;
    return budget.note(tag, SignatureStatus::valid, cost);
  }
  const Key& ready = state.key_for(key, key_rdata);
  if (!ready.pkey) return budget.note(tag, SignatureStatus::bad_key, 0);
  ++state.counts.verified;
  budget.computed_ += cost;
  if (!state.compute(ready, key.algorithm, data, signature.signature)) {
    ERR_clear_error();
    return budget.note(tag, SignatureStatus::bad_signature, cost);
  }
  state.known->add(tag, signature.expiration, now);
  return budget.note(tag, SignatureStatus::valid, cost);
}

}  // namespace dskeeper::dns
