// One writing of the zone-file sink's file: from the old one, the source and the changes to the
// next.
//
// What the file would have of a child is what the source says, or an earlier change that the source
// does not show yet; the changes are held against that, as an UPDATE is against the zone by its
// prerequisites. Glue that other delegations use stays. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/change.h"
#include "parent/delegation_file.h"
#include "parent/sinks.h"

namespace dskeeper::parent {

class ZoneFileEdit {
 public:
  // All must outlive it.
  ZoneFileEdit(const ZoneFileSinkOptions& options, const Snapshot& snapshot,
               const DelegationFile& old);

  // Safe to repeat.
  [[nodiscard]] SendResult apply(const Change& change);

  [[nodiscard]] DelegationFile make_next() const;

  // Why `next` must not be written; empty where it may.
  [[nodiscard]] std::string objection(const DelegationFile& next) const;

 private:
  // What the file has of one child.
  struct Entry {
    std::vector<NameServer> name_servers;  // glue of hosts inside the child only
    bool are_name_servers_ahead = false;
    dns::DsSet ds;
    dns::Ttl ds_ttl;
    bool is_ds_ahead = false;
  };

  // What would be lost for no change of this call, beside the old file.
  struct Loss {
    std::size_t secure = 0;  // that were
    std::size_t ds_sets = 0;
    std::size_t delegations = 0;
    std::size_t glue = 0;  // delegations with a host that loses its last address
  };
  [[nodiscard]] Loss loss_to(const DelegationFile& next) const;

  [[nodiscard]] bool has_name_servers() const {
    return options_.content == ZoneFileContent::delegations;
  }
  // Before this call's changes, and after those that were applied.
  [[nodiscard]] Entry carry_over(const Delegation& said) const;
  [[nodiscard]] Entry entry_of(const Delegation& said) const;
  [[nodiscard]] bool is_registered_anew(const Delegation& said) const;
  void keep_registration(const Delegation& said, DelegationFile& next) const;
  void carry_over_ds(const Delegation& said, const Delegation& in_file, Entry& entry) const;
  void note_use(const dns::Name& child, const std::vector<NameServer>& name_servers);

  [[nodiscard]] SendResult apply_ds(const Change& change, const Delegation& said);
  [[nodiscard]] SendResult apply_name_servers(const Change& change, const Delegation& said);
  // Empty where glue that others use stays, or becomes another one as it was judged.
  [[nodiscard]] std::string find_new_use(const Change& change, const Delegation& said,
                                         const Entry& before, const Entry& after) const;
  // Of hosts inside the child.
  [[nodiscard]] std::vector<NameServer> glue_for_others(const Delegation& said,
                                                        const Entry& entry) const;
  [[nodiscard]] bool is_used_by_others(const Delegation& said, const dns::Name& host) const;
  // Hosts inside the child that are not among its own name servers, and whose glue others need.
  [[nodiscard]] std::vector<NameServer> lent_by(const Delegation& said, const Entry& entry) const;

  const ZoneFileSinkOptions& options_;
  const Snapshot& snapshot_;
  const DelegationFile& old_;
  std::map<dns::Name, Entry> changed_;
  // Hosts elsewhere that delegations use of which the source lags behind; by child, and all.
  std::map<dns::Name, std::vector<dns::Name>> uses_ahead_;
  std::multiset<dns::Name> used_ahead_;
  std::size_t removed_ = 0;  // DS sets, by changes of this call
};

}  // namespace dskeeper::parent
