// The kinds of sinks, and who is asked whether a change stands.
//
// Each is safe to repeat. Coroutines run on the caller's executor; one call of send() at a time.
// What is wrong with the set-up (a key, a clock, a command that is not there) is `later`, not
// `failed`: the change is as good as before, and waits, with its reason, for a person.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/time.h"
#include "dns/tsig.h"
#include "parent/sink.h"
#include "parent/zone_file_content.h"

namespace dskeeper::parent {

// `sink = { dns-update = … }`: RFC 2136 UPDATE with TSIG at the zone's primary server. What stops
// one change for a reason that concerns all (no answer, BADKEY, BADTIME) ends the call: the rest
// are `later`, unsent.
struct UpdateSinkOptions {
  dns::Name zone;
  Endpoint server;
  dns::TsigKey key;
  Duration timeout = std::chrono::seconds(10);  // of one message
};
[[nodiscard]] std::unique_ptr<Sink> make_update_sink(UpdateSinkOptions options, const Clock& clock);

// `sink = { zone-file = …, content = … }`: a file with the DS set of every delegation, or with all
// of every delegation (delegation_file.h). Only the latter takes changes of name servers and glue.
// Calls without changes are useful too: they make the file follow the source.
struct ZoneFileSinkOptions {
  dns::Name zone;
  std::filesystem::path file;
  ZoneFileContent content = ZoneFileContent::ds;
  dns::Ttl name_server_ttl{3600};  // of NS records and glue, of which sources tell no TTL
  dns::Ttl default_ttl{3600};      // of DS, where neither change, source nor the old file says one
  // The breaker's delete-share and delete-min: more that vanishes for no change of ours, and
  // nothing is written.
  double vanish_share = 0.01;
  unsigned vanish_min = 20;
};
[[nodiscard]] std::unique_ptr<Sink> make_zone_file_sink(ZoneFileSinkOptions options);

// `sink = { command = ["…"] }`: the program is run without a shell, once for each change, which it
// gets as one line of JSON on standard input. Exit 0: taken, 75 (EX_TEMPFAIL): later, else failed
// for the reason that its first line on standard error gives. It gets no secrets of ours: of the
// environment it sees HOME, LANG, LC_ALL, PATH, TMPDIR, TZ and USER.
struct CommandSinkOptions {
  std::vector<std::string> command;
  Duration timeout = std::chrono::seconds(60);
};
[[nodiscard]] std::unique_ptr<Sink> make_command_sink(CommandSinkOptions options);

// `sink = { none = true }`: changes are shown and go nowhere.
[[nodiscard]] std::unique_ptr<Sink> make_none_sink();

// Asks each server for the child's DS set, or its name servers and glue, over TCP and without
// recursion. Without servers it knows nothing: not_yet.
struct ConfirmationOptions {
  std::vector<Endpoint> servers;
  Duration timeout = std::chrono::seconds(5);
};
[[nodiscard]] std::unique_ptr<Confirmation> make_confirmation(ConfirmationOptions options,
                                                              const Clock& clock);

}  // namespace dskeeper::parent
