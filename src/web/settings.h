// What the pages and the API know of the program that they are a part of.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "http/rate_meter.h"

namespace dskeeper::web {

struct ParentZone {
  dns::Name zone;
  std::string policy;
};

struct Settings {
  std::vector<ParentZone> parents;
  std::string version;
  std::string zonemaster;  // where a name can be tested, "{name}" stands for it; empty: nowhere
  // Names as people type and read them; U-labels are the edge's.
  std::function<Result<dns::Name>(std::string_view)> read_name;
  std::function<std::string(const dns::Name&)> shown_name;
  // Told whenever a request has read the store: what was wrong with it, for the log, since details
  // are not for strangers; empty where it worked. May be none.
  std::function<void(const std::string& trouble)> on_store;
  // Of "check now".
  http::Rate checks_of_client{10, std::chrono::minutes(1), 5};
  http::Rate checks_of_name{1, std::chrono::minutes(1), 1};

  template <typename T>
  void note_store(const Result<T>& read) const {
    if (on_store) on_store(read ? std::string() : read.error().text());
  }
  // The longest that the name lies below; null where there is none.
  [[nodiscard]] const ParentZone* parent_of(const dns::Name& name) const;
  // Empty where there is none.
  [[nodiscard]] std::string zonemaster_of(const dns::Name& name) const;
};

// What is known of the NOTIFY receiver (RFC 9859), since it began.
struct NotifyStanding {
  std::size_t waiting = 0;                        // looks that are still to be made
  std::map<std::string, std::uint64_t> messages;  // by what became of them
};

// What is done where the parent zones are kept, which is another thread's.
class Desk {
 public:
  Desk() = default;
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  virtual ~Desk() = default;

  // Has the child looked at in full, soon. False where it is known that there is no room now.
  virtual bool want_look(const dns::Name& parent, const dns::Name& child) = 0;
  // How many looks that were wanted wait.
  [[nodiscard]] virtual std::size_t looks_waiting(const dns::Name& parent) const = 0;
  // Its delegations have been read since the start.
  [[nodiscard]] virtual bool is_read(const dns::Name& parent) const = 0;
  // Nothing where no NOTIFY is received.
  [[nodiscard]] virtual std::optional<NotifyStanding> notify_standing() const {
    return std::nullopt;
  }
};

}  // namespace dskeeper::web
