// What the names in NOTIFYs are to us: delegations of a parent zone that `serve` keeps, or not.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "cli/kept_parent.h"
#include "dns/name.h"
#include "notify/answering.h"
#include "parent/snapshot.h"

namespace dskeeper::cli {

class NotifiedNames {
 public:
  // Who runs a set of servers is remembered for so many of each parent zone.
  static constexpr std::size_t remembered_max = 16'384;

  // `parents` must outlive it.
  explicit NotifiedNames(std::vector<KeptParent*> parents) : parents_(std::move(parents)) {}

  // The zone's own apex is no child of it (RFC 9859 §4.3).
  [[nodiscard]] notify::Standing find(const dns::Name& child);
  // Null where none is above it.
  [[nodiscard]] KeptParent* parent_of_child(const dns::Name& child) const {
    return parent_of(parents_, child);
  }

 private:
  struct Known {
    std::weak_ptr<const parent::Snapshot> snapshot;
    std::unordered_map<std::uint32_t, std::uint64_t> operators;  // by its key for the servers
  };
  std::vector<KeptParent*> parents_;
  std::map<KeptParent*, Known> known_;
};

}  // namespace dskeeper::cli
