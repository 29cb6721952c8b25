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
#include "dns/name.h"
#include "model/delegation.h"

namespace dskeeper::parent {

class Snapshot {
 public:
  // Sorts by child in canonical order. `warnings` are sentences for the log: what is odd about the
  // source without making it wrong.
  Snapshot(dns::Name zone, std::string revision, std::vector<Delegation> delegations,
           std::vector<std::string> warnings = {});

  [[nodiscard]] const dns::Name& zone() const { return zone_; }
  // A serial ("2026112401"), or "sha256:…" of the file where it has none.
  [[nodiscard]] const std::string& revision() const { return revision_; }
  [[nodiscard]] std::size_t size() const { return delegations_.size(); }
  [[nodiscard]] const Delegation& at(std::size_t index) const { return delegations_[index]; }
  [[nodiscard]] const Delegation* find(const dns::Name& child) const;
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  dns::Name zone_;
  std::string revision_;
  std::vector<Delegation> delegations_;
  std::vector<std::string> warnings_;
};

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;
  [[nodiscard]] virtual boost::asio::awaitable<Result<std::shared_ptr<const Snapshot>>> read() = 0;
};

}  // namespace dskeeper::parent
