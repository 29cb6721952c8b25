// The chain of trust: from the parent's DS over the child's DNSKEY to CDS and CDNSKEY, for each of
// the child's server addresses.
//
// What the servers have is of the evidence that is kept, which is there where something was asked
// for; what the parent has is of the last look, since it may have been changed because of it. A
// picture, no proof: whether signatures are valid is said by the findings. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/case.h"
#include "model/evidence.h"

namespace dskeeper::web {

inline constexpr std::size_t chain_servers_max = 16;

enum class Light : std::uint8_t {
  green,  // seen, and nothing is wrong with it
  grey,   // not there, not asked, or nothing to be said
  red,    // something is wrong with it
};
// For those who do not see the colour.
[[nodiscard]] std::string_view to_text(Light light);  // "good", "none", "bad"

struct ChainLink {
  Light light = Light::grey;
  std::string text;  // "DNSKEY 2371", "no CDS", "CDS: timeout"
};

struct ChainServer {
  ServerAddress server;
  std::vector<ChainLink> links;   // DNSKEY, CDS, CDNSKEY
  std::vector<dns::Dnskey> keys;  // that it had
};

struct Chain {
  ChainLink parent;  // the DS set
  std::vector<ChainServer> servers;
  std::size_t left_out = 0;     // servers beyond chain_servers_max
  std::optional<Time> seen_at;  // the servers
  // What was decided then.
  Outcome outcome{};
  std::string request_id;
};

// With the parent's DS set as it was then.
[[nodiscard]] Chain chain_of(const Evidence& evidence);
// The parent has this DS set: what it leads to.
void lead(Chain& chain, const Delegation& delegation);
// An error of the case that names a server is about what it published: it shows there in red. Not
// where the case has moved on since the servers were seen.
void accuse(Chain& chain, const Case& value);

// What the picture shows, in sentences.
[[nodiscard]] std::string described(const Chain& chain);

}  // namespace dskeeper::web
