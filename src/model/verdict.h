// A verdict: what the standards allow for one delegation, given what its surveys showed, and why.
//
// Time plays no part in it but for the validity of signatures: holds, retries, quorum and
// suspension are the keeper's (keeper/advance.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "dns/name.h"
#include "dns/records.h"
#include "model/csync.h"
#include "model/finding.h"
#include "model/ruling.h"

namespace dskeeper {

// What the child asks for.
enum class Request : std::uint8_t { none, bootstrap, update, remove };
[[nodiscard]] std::string_view to_text(Request request);  // Request::remove is "delete"
[[nodiscard]] Result<Request> parse_request(std::string_view text);

// When the newest signature over each type became valid. Each type stands for itself: what was
// signed just now for one says nothing about the age of the other (RFC 7344 §6.2).
struct Inceptions {
  std::optional<Time> cds;
  std::optional<Time> cdnskey;
  bool operator==(const Inceptions&) const = default;
};

struct Verdict {
  dns::Name child;
  Time at;
  LookId look;
  // For `incomplete`: what those ask that did answer; none where nobody answered. A hold rests on
  // it: a silent server must not hide that another one has changed its mind.
  Request request = Request::none;
  Ruling ruling = Ruling::idle;
  dns::DsSet ds;                      // what would stand after the request; [] for a delete
  Inceptions inception;               // of any validated RRset or denial, whatever it asks
  Inceptions asked_by;                // of the validated RRsets through which it asks; no denials
  std::vector<ServerAddress> asked;   // every address that was asked, for the journal; sorted
  std::vector<ServerAddress> silent;  // addresses that gave no answer at all; sorted
  std::vector<ServerAddress> passed_over;  // neither heard nor asked everywhere; sorted
  bool only_silence_missing = false;       // incomplete, yet permitted if `silent` were dropped
  bool only_unheard_missing = false;       // … if `silent`, and what was not asked, were
  std::vector<std::string> vantages;       // that saw the request, whole and valid
  bool whole = false;                      // a full look: not stopped early
  bool is_authenticated = false;           // a first DS that needs no waiting (RFC 9615)
  std::vector<Finding> findings;           // worst first
  CsyncVerdict csync;                      // of the other request that a child may make

  // SHA-256 over child, request and DS set, in hexadecimal: what an approval or a hold is bound to.
  // Empty where nothing is asked.
  [[nodiscard]] std::string request_id() const;
};

}  // namespace dskeeper
