// The signatures that were found valid, so that none is verified twice: by all threads of a
// process, from pass to pass and, by way of a file, from process to process.
//
// It knows a signature by 96 bits of a hash over the signed data, the signature and the key, keyed
// with a secret: with an open one, somebody could look for two that share their tag at leisure,
// have the right one verified and serve the other. A tag says nothing but "this arithmetic came out
// right"; times and all else are checked at each call. So a key that has left its zone needs no
// care: its signatures stay right, and nobody asks for them.
//
// Sixteen octets each, in a table that grows up to a bound; beyond it, and where too many fall into
// one place, that which expires first gives way. To lose one costs a verification. Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace dskeeper::dns {

class VerifiedSignatures {
 public:
  using Secret = std::array<std::uint8_t, 32>;
  using Tag = std::array<std::uint8_t, 12>;

  // 512 MiB: signatures of eight million secure children.
  static constexpr std::size_t signatures_max = std::size_t{1} << 25U;

  explicit VerifiedSignatures(std::size_t room_max = signatures_max);  // with a new secret

  [[nodiscard]] const Secret& secret() const { return secret_; }

  [[nodiscard]] bool contains(const Tag& tag) const;
  void add(const Tag& tag, Time expiration, Time now);
  // Also those that have expired meanwhile and have not yet given way.
  [[nodiscard]] std::size_t size() const;
  // How many have been added since this object was made.
  [[nodiscard]] std::uint64_t added() const;

  // For a file that nobody else may read, since it holds the secret. What is not whole to the last
  // bit is refused.
  [[nodiscard]] Bytes to_octets() const;
  [[nodiscard]] static Result<std::shared_ptr<VerifiedSignatures>> from_octets(ByteView octets);
  // The most that from_octets() takes.
  [[nodiscard]] static std::size_t octets_max();

 private:
  struct Entry {
    Tag tag{};
    std::uint32_t expiration = 0;  // in seconds, as on the wire; 0: nothing is here
  };
  static_assert(sizeof(Entry) == 16);

  [[nodiscard]] std::size_t place_of(const Tag& tag) const;
  bool put(const Entry& entry);
  void make_room(std::uint32_t now);

  Secret secret_{};
  std::size_t room_max_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::size_t count_ = 0;
  std::uint64_t added_ = 0;
};

}  // namespace dskeeper::dns
