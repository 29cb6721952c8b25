// Which zones an operator has: as its primary's catalog zone says (RFC 9432).
//
//   version.<catalog>            TXT "2"          §4.2.1
//   <label>.zones.<catalog>      PTR <member>     §4.1, one member at each label
// Other properties are passed over. A broken catalog is not read in part (§5.1): a zone that it
// seems to lack would lose its signals.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/rrset.h"

namespace dskeeper::child {

// Takes the catalog's records in any order. A value without I/O.
class CatalogReader {
 public:
  explicit CatalogReader(dns::Name catalog);

  void add(const dns::Record& record);
  // The members in canonical order; fails where the catalog is broken, and says why.
  [[nodiscard]] Result<std::vector<dns::Name>> finish() const;

 private:
  dns::Name catalog_;
  dns::Name version_owner_;
  dns::Name zones_;
  std::vector<Bytes> versions_;
  std::set<dns::Name> labels_;  // owners of member records
  std::set<dns::Name> members_;
  std::string broken_because_;  // the first reason; empty: none yet
};

}  // namespace dskeeper::child
