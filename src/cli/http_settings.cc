#include "cli/http_settings.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "cli/secret.h"
#include "http/front_door.h"
#include "http/token.h"

namespace dskeeper::cli {
namespace {

constexpr std::uint16_t http_port = 8053;

// One address, or a list of them.
void read_listen(RawHttpSettings& raw, const Value& value, FaultList& faults) {
  std::vector<std::string> texts;
  if (value.text() != nullptr) {
    texts.push_back(*value.text());
  } else if (!read_value(texts, value, faults)) {
    return;
  }
  std::vector<Endpoint>& listen = raw.settings.listen;
  for (const std::string& text : texts) {
    const auto at = Endpoint::parse(text, http_port);
    if (!at) {
      faults.add(value.line, at.error());
    } else if (at->port == 0) {
      faults.add(value.line, fmt::format("\"{}\" names no port to listen at", text));
    } else if (std::find(listen.begin(), listen.end(), *at) != listen.end()) {
      faults.add(value.line, fmt::format("{} stands here twice", at->text()));
    } else {
      listen.push_back(*at);
    }
  }
}

void read_hosts(RawHttpSettings& raw, const Value& value, FaultList& faults) {
  std::vector<std::string> texts;
  if (!read_value(texts, value, faults)) return;
  for (const std::string& text : texts) {
    const auto host = http::host_without_port(text);
    if (host) {
      raw.settings.hosts.push_back(*host);
    } else {
      faults.add(value.line, fmt::format("\"{}\" is no host name", text));
    }
  }
}

void read_proxies(RawHttpSettings& raw, const Value& value, FaultList& faults) {
  std::vector<std::string> texts;
  if (!read_value(texts, value, faults)) return;
  for (const std::string& text : texts) {
    const auto prefix = IpPrefix::parse(text);
    if (prefix) {
      raw.settings.trusted_proxies.push_back(*prefix);
    } else {
      faults.add(value.line, prefix.error());
    }
  }
}

void read_client_rate(RawHttpSettings& raw, const Value& value, FaultList& faults) {
  unsigned rate = 0;
  if (!read_value(rate, value, faults)) return;
  constexpr unsigned rate_max = 1'000'000;
  if (rate == 0 || rate > rate_max) {
    faults.add(value.line, fmt::format("a rate is between 1 and {} a second", rate_max));
    return;
  }
  raw.settings.client_rate = rate;
}

// It becomes a link on a page of ours: nothing but an address of the web.
void read_zonemaster(RawHttpSettings& raw, const Value& value, FaultList& faults) {
  std::string text;
  if (!read_value(text, value, faults)) return;
  if (!text.empty() && !text.starts_with("https://") && !text.starts_with("http://")) {
    faults.add(value.line, fmt::format("\"{}\" is no address of the web", text),
               "It begins with https:// or http://.");
    return;
  }
  raw.settings.zonemaster = std::move(text);
}

Result<std::string> token_of(const RawHttpSettings& raw, const Configuration& configuration) {
  if (raw.token_file.empty() && raw.token_env.empty()) return std::string();
  auto secret = read_token(raw.token_file, raw.token_env, configuration);
  if (!secret) return pass_on(std::move(secret));
  const auto token = http::Token::make(*secret);
  if (!token) return tl::unexpected<Error>(token.error());
  return secret;
}

}  // namespace

std::span<const Key<RawHttpSettings>> http_keys() {
  using Raw = RawHttpSettings;
  static const std::vector<Key<Raw>> keys = {
      {{"listen", "address, or list of them", "",
        "Where pages, API and metrics are served, without TLS, at port 8053 unless another is "
        "named."},
       read_listen},
      {{"hosts", "list of texts", "[]",
        "The names that visitors use in their addresses, those of a proxy in front of it too; to "
        "others the answer is 421. The address itself is always good, and on loopback localhost."},
       read_hosts},
      {{"token-file", "path", "none",
        "A file of one line, for our eyes only: the token that staff show. Without one, nothing is "
        "open to staff."},
       into(&Raw::token_file)},
      {{"token-env", "text", "none", "Instead: the environment variable that holds the token."},
       into(&Raw::token_env)},
      {{"trusted-proxies", "list of prefixes", "[]",
        "Whose X-Forwarded-For says who the client is."},
       read_proxies},
      {{"client-rate", "number", "50",
        "Requests a second of one client (an IPv4 address, a /64 of IPv6), over four seconds; more "
        "are answered with 429."},
       read_client_rate},
      {{"zonemaster", "text", "\"https://zonemaster.net/\"",
        "Where a name can be tested; `{name}` in it stands for the name. \"\": no link."},
       read_zonemaster}};
  return keys;
}

void read_http(const Value& section, Configuration& configuration, FaultList& faults) {
  if (section.table() == nullptr) {
    faults.add(section.line, "[http] must be a section");
    return;
  }
  RawHttpSettings raw;
  read_table<RawHttpSettings>("[http]", *section.table(), http_keys(), raw, faults);
  if (raw.settings.listen.empty()) {
    faults.add(section.line, "[http] says nowhere to listen", "Add listen = \"127.0.0.1:8053\".");
  }
  auto token = token_of(raw, configuration);
  if (token) {
    raw.settings.token = *std::move(token);
  } else {
    faults.add(section.line, token.error());
  }
  configuration.http = std::move(raw.settings);
}

}  // namespace dskeeper::cli
