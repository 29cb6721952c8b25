// The records of a zone-file sink's file, in the order in which they are written, to the
// delegations that they make (delegation_file.h).
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/result.h"
#include "dns/rrset.h"
#include "parent/delegation_file.h"

namespace dskeeper::parent {

class DelegationFileIntake {
 public:
  // `contents` must outlive it.
  DelegationFileIntake(ZoneFileContent content, DelegationFile& contents)
      : content_(content), contents_(contents) {}

  // Fails where a record is none that such a file has, or stands where none is written.
  [[nodiscard]] Result<void> add(const dns::Record& record);
  [[nodiscard]] Result<void> finish();

 private:
  [[nodiscard]] Result<void> open(const dns::Name& child);
  [[nodiscard]] Result<void> close();
  [[nodiscard]] Result<void> add_to_child(const dns::Record& record);
  [[nodiscard]] Result<void> add_address(const dns::Record& record);
  [[nodiscard]] bool belongs_here(const dns::Record& record) const;

  ZoneFileContent content_;
  DelegationFile& contents_;
  std::optional<Delegation> open_;
  std::vector<dns::Ds> ds_;
  std::map<dns::Name, std::vector<IpAddress>> glue_;
};

}  // namespace dskeeper::parent
