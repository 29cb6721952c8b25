// A program of the registry's takes the changes (contract.md: "command gets one change as JSON").
#include <fmt/core.h>
#include <sysexits.h>

#include <cstring>
#include <utility>

#include "base/check.h"
#include "model/json.h"
#include "parent/process.h"
#include "parent/sinks.h"

namespace dskeeper::parent {
namespace {

SendResult judge(const ProcessResult& process, const std::string& program, Duration timeout) {
  const std::string said = process.error_line.empty() ? "it says nothing" : process.error_line;
  switch (process.end) {
    case ProcessEnd::exited:
      if (process.code == 0) return {SendStatus::taken, {}};
      return {process.code == EX_TEMPFAIL ? SendStatus::later : SendStatus::failed,
              fmt::format("{} exits with {}: {}", program, process.code, said)};
    // What it did before it ended, nobody knows.
    case ProcessEnd::killed:
      return {SendStatus::unknown,
              fmt::format("{} was ended by signal {}: {}", program, process.code, said)};
    case ProcessEnd::timed_out:
      return {SendStatus::unknown,
              fmt::format("{} took longer than {}: {}", program, format_duration(timeout), said)};
    case ProcessEnd::not_started:
      return {SendStatus::later,
              fmt::format("{} cannot be started: {}", program, std::strerror(process.code))};
  }
  return {SendStatus::unknown, {}};
}

class CommandSink final : public Sink {
 public:
  explicit CommandSink(CommandSinkOptions options) : options_(std::move(options)) {
    CHECK(!options_.command.empty());
  }

  boost::asio::awaitable<std::vector<SendResult>> send(std::span<const Change> changes,
                                                       const Snapshot& /*snapshot*/) override {
    std::vector<SendResult> results;
    for (const Change& change : changes) {
      std::string input = change_to_contract_json(change) + "\n";
      const ProcessResult process =
          co_await run_process(options_.command, std::move(input), options_.timeout);
      results.push_back(judge(process, options_.command.front(), options_.timeout));
    }
    co_return results;
  }

 private:
  CommandSinkOptions options_;
};

}  // namespace

std::unique_ptr<Sink> make_command_sink(CommandSinkOptions options) {
  return std::make_unique<CommandSink>(std::move(options));
}

}  // namespace dskeeper::parent
