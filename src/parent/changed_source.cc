// A source that is read again only where it has changed: its file's state is another one, or its
// SOA's serial has moved.
#include <memory>
#include <utility>

#include "parent/sources.h"

namespace dskeeper::parent {
namespace {

class ChangedSource final : public Source {
 public:
  explicit ChangedSource(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  boost::asio::awaitable<Result<std::shared_ptr<const Snapshot>>> read() override {
    const std::shared_ptr<const Snapshot> last = last_.lock();
    if (last != nullptr) {
      // Where nobody can tell, reading says what is wrong.
      const Result<bool> changed = co_await source_->has_changed(*last);
      if (changed && !*changed) co_return last;
    }
    Result<std::shared_ptr<const Snapshot>> reading = co_await source_->read();
    if (reading) last_ = *reading;
    co_return reading;
  }

  boost::asio::awaitable<Result<bool>> has_changed(const Snapshot& snapshot) override {
    Result<bool> changed = co_await source_->has_changed(snapshot);
    co_return changed;
  }

 private:
  std::unique_ptr<Source> source_;
  std::weak_ptr<const Snapshot> last_;  // what nobody works with any more is not worth the memory
};

}  // namespace

std::unique_ptr<Source> make_changed_source(std::unique_ptr<Source> source) {
  return std::make_unique<ChangedSource>(std::move(source));
}

}  // namespace dskeeper::parent
