#include "net/unbound_context.h"

#include <fmt/core.h>
#include <pthread.h>
#include <unbound.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <unordered_map>
#include <utility>

#include "net/address_permit.h"

namespace dskeeper::net {
namespace {

constexpr int class_in = 1;

struct ContextDeleter {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using Context = std::unique_ptr<ub_ctx, ContextDeleter>;

// Threads take the name of the one that starts them: so libunbound's can be told from ours, in
// `top` and by bench/measure_signals.
class NameForNewThreads {
 public:
  explicit NameForNewThreads(const char* name) {
    pthread_getname_np(pthread_self(), own_.data(), own_.size());
    pthread_setname_np(pthread_self(), name);
  }
  NameForNewThreads(const NameForNewThreads&) = delete;
  NameForNewThreads& operator=(const NameForNewThreads&) = delete;
  ~NameForNewThreads() { pthread_setname_np(pthread_self(), own_.data()); }

 private:
  std::array<char, 16> own_{};  // as many as Linux has
};

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct ResultFreer {
  void operator()(ub_result* result) const { ub_resolve_free(result); }
};
using UnboundResult = std::unique_ptr<ub_result, ResultFreer>;

Resolution resolution_of(int error, const UnboundResult& result) {
  Resolution resolution;
  resolution.status = ResolutionStatus::servfail;
  if (error != 0 || result == nullptr) {
    resolution.why = ub_strerror(error);
    return resolution;
  }
  resolution.is_validated = result->secure != 0;
  resolution.ttl = dns::Ttl{static_cast<std::uint32_t>(std::max(0, result->ttl))};
  if (result->answer_packet != nullptr && result->answer_len > 0) {
    const auto* const octets = static_cast<const std::uint8_t*>(result->answer_packet);
    resolution.wire.assign(octets, octets + result->answer_len);
  }
  if (result->bogus != 0) {
    resolution.status = ResolutionStatus::bogus;
    resolution.why = result->why_bogus != nullptr ? result->why_bogus : "validation failed";
  } else if (result->havedata != 0) {
    resolution.status = result->secure != 0 ? ResolutionStatus::secure : ResolutionStatus::insecure;
    for (int at = 0; result->data[at] != nullptr; ++at) {
      const auto* const octets = reinterpret_cast<const std::uint8_t*>(result->data[at]);
      resolution.rdata.emplace_back(octets, octets + result->len[at]);
    }
  } else if (result->nxdomain != 0) {
    resolution.status = ResolutionStatus::nxdomain;
  } else if (result->rcode == 0) {
    resolution.status = ResolutionStatus::nodata;
  } else {
    resolution.why =
        fmt::format("the resolver says {}", dns::to_text(static_cast<dns::Rcode>(result->rcode)));
  }
  return resolution;
}

}  // namespace

struct UnboundContext::State : std::enable_shared_from_this<UnboundContext::State> {
  // What libunbound carries through a lookup and gives back, unless it is closed before.
  struct Launched {
    State* state;
    Done done;
  };

  State(const boost::asio::any_io_executor& its_executor, const ResolverOptions& its_options,
        std::function<void()> its_after_results)
      : executor(its_executor),
        options(its_options),
        after_results(std::move(its_after_results)),
        pipe(its_executor) {}

  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<void> configure();
  [[nodiscard]] Result<void> start_worker() const;
  void wait_for_results();
  static void take_result(void* its_launched, int error, ub_result* raw);
  void launch(const dns::Name& name, dns::RecordType type, Done done);

  boost::asio::any_io_executor executor;
  ResolverOptions options;
  std::function<void()> after_results;
  Context context;
  boost::asio::posix::stream_descriptor pipe;
  std::unordered_map<Launched*, std::unique_ptr<Launched>> in_flight;
  bool is_closed = false;
};

Result<void> UnboundContext::State::configure() {
  const auto set = [&](const char* option, const std::string& value) -> Result<void> {
    const int error = ub_ctx_set_option(context.get(), option, value.c_str());
    if (error == 0) return {};
    return fail(fmt::format("libunbound refuses \"{} {}\": {}", option, value, ub_strerror(error)));
  };
  const auto yes_or_no = [](bool yes) { return yes ? std::string("yes") : std::string("no"); };
  std::vector<std::pair<const char*, std::string>> settings = {
      {"module-config:", "validator iterator"},
      {"do-ip4:", yes_or_no(options.ipv4)},
      {"do-ip6:", yes_or_no(options.ipv6)},
      {"qname-minimisation:", yes_or_no(options.minimises)},
      {"tcp-upstream:", yes_or_no(options.over_tcp)},
      {"edns-buffer-size:", "1232"},
      {"outgoing-range:", "512"},
      {"num-queries-per-thread:", "512"},
      {"outgoing-num-tcp:", "32"},
      {"msg-cache-size:", "16m"},
      {"rrset-cache-size:", "32m"},
      {"key-cache-size:", "16m"},
      {"cache-max-ttl:", std::to_string(cached_ttl_max_s)},
      {"cache-max-negative-ttl:", std::to_string(cached_trouble_s)},
      // A server that was down is tried again within a minute, not after a quarter of an hour.
      {"infra-host-ttl:", "60"},
      // The permit below says it exactly; this option would go beyond it.
      {"do-not-query-localhost:", "no"},
  };
  if (!options.root_hints.empty()) settings.emplace_back("root-hints:", options.root_hints);
  const AddressPermit permit(
      options.permit, options.refuse_own_addresses ? own_addresses() : std::vector<IpAddress>());
  for (const IpPrefix& prefix : permit.refused()) {
    settings.emplace_back("do-not-query-address:", prefix.text());
  }
  for (const IpAddress& source : options.source_addresses) {
    settings.emplace_back("outgoing-interface:", source.text());
  }
  for (const auto& [option, value] : settings) {
    if (Result<void> result = set(option, value); !result) return result;
  }
  if (options.forward_to) {
    const std::string to =
        fmt::format("{}@{}", options.forward_to->address.text(), options.forward_to->port);
    if (ub_ctx_set_fwd(context.get(), to.c_str()) != 0) {
      return fail("libunbound refuses the forwarder", to);
    }
  }
  if (options.trust_anchor.empty()) return {};
  if (ub_ctx_add_ta_file(context.get(), options.trust_anchor.c_str()) != 0) {
    return fail("the trust anchor cannot be used", options.trust_anchor);
  }
  return {};
}

// The files are read as the worker starts, which the first lookup makes it do: one that is answered
// without the network.
Result<void> UnboundContext::State::start_worker() const {
  const std::unique_ptr<std::FILE, FileCloser> log(std::tmpfile());
  ub_ctx_debugout(context.get(), log.get());
  const NameForNewThreads name("libunbound");
  const int error = ub_resolve_async(
      context.get(), "localhost.", static_cast<int>(dns::RecordType::a), class_in, nullptr,
      [](void*, int, ub_result* result) { ub_resolve_free(result); }, nullptr);
  ub_ctx_debugout(context.get(), nullptr);
  if (error == 0) return {};
  std::string text(1000, '\0');
  std::size_t octets = 0;
  if (log != nullptr) {
    std::rewind(log.get());
    octets = std::fread(text.data(), 1, text.size(), log.get());
  }
  text.resize(octets);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return fail(fmt::format("the resolver cannot be started: {} {}", ub_strerror(error), text),
              options.root_hints, "Check the files of root hints and trust anchor.");
}

Result<void> UnboundContext::State::open() {
  for (const std::filesystem::path& file : {options.root_hints, options.trust_anchor}) {
    if (!file.empty() && access(file.c_str(), R_OK) != 0) {
      return fail("the file cannot be read", file,
                  "The resolver needs its root hints and its trust anchor.");
    }
  }
  context.reset(ub_ctx_create());
  if (context == nullptr) return fail("libunbound cannot be started");
  if (Result<void> result = configure(); !result) return result;
  if (ub_ctx_async(context.get(), 1) != 0) return fail("libunbound cannot start its thread");
  if (Result<void> result = start_worker(); !result) return result;
  // Asio closes the descriptor that it watches; this one is libunbound's.
  const int descriptor = dup(ub_fd(context.get()));
  if (descriptor < 0) return fail("no descriptor is left for the resolver");
  pipe.assign(descriptor);
  wait_for_results();
  return {};
}

void UnboundContext::State::wait_for_results() {
  pipe.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                  [weak = weak_from_this()](const boost::system::error_code& error) {
                    const std::shared_ptr<State> self = weak.lock();
                    if (error || self == nullptr || self->is_closed) return;
                    ub_process(self->context.get());
                    self->wait_for_results();
                    self->after_results();
                  });
}

void UnboundContext::State::take_result(void* its_launched, int error, ub_result* raw) {
  const UnboundResult result(raw);
  auto* const launched = static_cast<Launched*>(its_launched);
  const Done done = std::move(launched->done);
  launched->state->in_flight.erase(launched);
  done(resolution_of(error, result));
}

void UnboundContext::State::launch(const dns::Name& name, dns::RecordType type, Done done) {
  auto launched = std::make_unique<Launched>(Launched{this, std::move(done)});
  Launched* const key = launched.get();
  in_flight.emplace(key, std::move(launched));
  const int error = ub_resolve_async(context.get(), name.text().c_str(), static_cast<int>(type),
                                     class_in, key, &State::take_result, nullptr);
  if (error == 0) return;
  boost::asio::post(executor, [weak = weak_from_this(), key, error] {
    const std::shared_ptr<State> self = weak.lock();
    if (self == nullptr || self->is_closed) return;
    take_result(key, error, nullptr);
    self->after_results();
  });
}

Result<std::unique_ptr<UnboundContext>> UnboundContext::open(
    const boost::asio::any_io_executor& executor, const ResolverOptions& options,
    std::function<void()> after_results) {
  auto state = std::make_shared<State>(executor, options, std::move(after_results));
  if (Result<void> result = state->open(); !result) return pass_on(std::move(result));
  return std::unique_ptr<UnboundContext>(new UnboundContext(std::move(state)));
}

UnboundContext::UnboundContext(std::shared_ptr<State> state) : state_(std::move(state)) {}

UnboundContext::~UnboundContext() {
  close();
}

void UnboundContext::resolve(const dns::Name& name, dns::RecordType type, Done done) {
  state_->launch(name, type, std::move(done));
}

std::size_t UnboundContext::in_flight() const {
  return state_->in_flight.size();
}

void UnboundContext::close() {
  state_->is_closed = true;
  boost::system::error_code ignored;
  state_->pipe.close(ignored);
}

}  // namespace dskeeper::net
