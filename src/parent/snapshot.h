// One reading of a source: the delegations of a parent zone as they were at one revision.
//
// Immutable; safe to share between threads. It hides how it keeps them: a zone may have ten million
// (packed_delegations.h). Delegations are made when asked for, so that who only needs to know the
// child, whether it is secure or who serves it asks for that alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "dns/name.h"
#include "dns/records.h"
#include "model/delegation.h"
#include "parent/host_index.h"
#include "parent/packed_delegations.h"

namespace dskeeper::parent {

// When a signature counts (RFC 4034 §3.1.5): both ends belong to the time.
struct SignatureWindow {
  Time inception;
  Time expiration;
  [[nodiscard]] bool contains(Time time) const { return inception <= time && time <= expiration; }
  bool operator==(const SignatureWindow&) const = default;
};
// Of several the one that expires last counts.
inline void take_later(std::optional<SignatureWindow>& window, const dns::Rrsig& signature) {
  if (window && window->expiration >= signature.expiration) return;
  window = SignatureWindow{signature.inception, signature.expiration};
}

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
  // How it was read, as the log says it: "the whole zone". May be empty.
  std::string reading;
};

class Snapshot {
 public:
  Snapshot(std::string revision, PackedDelegations delegations, SourceFacts facts = {});
  // From values, in any order.
  Snapshot(dns::Name zone, std::string revision, const std::vector<Delegation>& delegations,
           SourceFacts facts = {});

  [[nodiscard]] const dns::Name& zone() const { return delegations_.zone(); }
  // A serial ("2026112401"), or "sha256:…" of the file where it has none.
  [[nodiscard]] const std::string& revision() const { return revision_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return facts_.warnings; }
  [[nodiscard]] const std::string& reading() const { return facts_.reading; }
  [[nodiscard]] const std::optional<SignatureWindow>& soa_signature() const {
    return facts_.soa_signature;
  }
  [[nodiscard]] const std::string& state() const { return facts_.state; }

  // Indices count from 0, in canonical order of the children (RFC 4034 §6.1).
  [[nodiscard]] std::size_t size() const { return delegations_.size(); }
  [[nodiscard]] Delegation at(std::size_t index) const;
  [[nodiscard]] dns::Name child(std::size_t index) const { return delegations_.child(index); }
  // Relative to the zone (relative_name.h), for comparing millions.
  [[nodiscard]] ByteView relative_child(std::size_t index) const {
    return delegations_.relative_child(index);
  }
  [[nodiscard]] bool is_secure(std::size_t index) const { return delegations_.is_secure(index); }
  // The same for all children with the same name servers, below operator_keys().
  [[nodiscard]] std::uint32_t operator_key(std::size_t index) const {
    return delegations_.name_servers(index);
  }
  [[nodiscard]] std::size_t operator_keys() const { return delegations_.name_server_sets(); }

  [[nodiscard]] std::optional<std::size_t> index_of(const dns::Name& child) const {
    return delegations_.index_of(child);
  }
  [[nodiscard]] std::optional<Delegation> find(const dns::Name& child) const;

  // Packed as they are, for who makes the next snapshot of it.
  [[nodiscard]] const PackedDelegations& delegations() const { return delegations_; }

 private:
  std::string revision_;
  PackedDelegations delegations_;
  HostIndex hosts_;
  SourceFacts facts_;
};

}  // namespace dskeeper::parent
