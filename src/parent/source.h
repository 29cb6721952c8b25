// Where delegations come from: a zone file, a transfer, a list.
//
// A source is read whole into a Snapshot, or not at all: an incomplete one must never look like
// vanished delegations. The snapshot hides how it keeps them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "model/delegation.h"

namespace dskeeper::parent {

// When a signature counts (RFC 4034 §3.1.5): both ends belong to the time.
struct SignatureWindow {
  Time inception;
  Time expiration;
  [[nodiscard]] bool contains(Time time) const { return inception <= time && time <= expiration; }
  bool operator==(const SignatureWindow&) const = default;
};

// What a source knows of itself beside its delegations.
struct SourceFacts {
  // What Source::has_changed() compares: the SOA's serial or the state of the files.
  std::string state;
  // Of the signature over the parent's own SOA that expires last; nothing where it has none or is
  // not known. Outside of it our clock is wrong or the source is not alive (design.md, "Our own
  // outage …").
  std::optional<SignatureWindow> soa_signature;
  // Sentences for the log: what is odd about the source without making it wrong.
  std::vector<std::string> warnings;
};

class Snapshot {
 public:
  // Sorts by child in canonical order.
  Snapshot(dns::Name zone, std::string revision, std::vector<Delegation> delegations,
           SourceFacts facts = {});

  [[nodiscard]] const dns::Name& zone() const { return zone_; }
  // A serial ("2026112401"), or "sha256:…" of the file where it has none.
  [[nodiscard]] const std::string& revision() const { return revision_; }
  [[nodiscard]] std::size_t size() const { return delegations_.size(); }
  [[nodiscard]] const Delegation& at(std::size_t index) const { return delegations_[index]; }
  [[nodiscard]] const Delegation* find(const dns::Name& child) const;
  [[nodiscard]] const std::vector<std::string>& warnings() const { return facts_.warnings; }
  [[nodiscard]] const std::optional<SignatureWindow>& soa_signature() const {
    return facts_.soa_signature;
  }
  [[nodiscard]] const std::string& state() const { return facts_.state; }

 private:
  dns::Name zone_;
  std::string revision_;
  std::vector<Delegation> delegations_;
  SourceFacts facts_;
};

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;
  [[nodiscard]] virtual boost::asio::awaitable<Result<std::shared_ptr<const Snapshot>>> read() = 0;
  // Would reading it now give something else than this earlier reading of it? Cheap enough to be
  // asked before each sending: one question for the SOA, or a look at the files' times. Fails where
  // nobody can tell.
  [[nodiscard]] virtual boost::asio::awaitable<Result<bool>> has_changed(
      const Snapshot& snapshot) = 0;
};

}  // namespace dskeeper::parent
