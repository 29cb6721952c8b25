// No sink: what would be done is shown, and goes nowhere.
#include "parent/sinks.h"

namespace dskeeper::parent {
namespace {

class NoneSink final : public Sink {
 public:
  boost::asio::awaitable<std::vector<SendResult>> send(std::span<const Change> changes,
                                                       const Snapshot& /*snapshot*/) override {
    co_return std::vector<SendResult>(
        changes.size(), SendResult{SendStatus::later, "the parent has no sink: it is only shown"});
  }
};

}  // namespace

std::unique_ptr<Sink> make_none_sink() {
  return std::make_unique<NoneSink>();
}

}  // namespace dskeeper::parent
