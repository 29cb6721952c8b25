// What every store must do, whatever stands behind it. The tests are in conformance_test.cc; a
// kind of store joins them with INSTANTIATE_TEST_SUITE_P in its own test file.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "base/check.h"
#include "store/store.h"

namespace dskeeper::store {

// An empty place for a store; each open() gives another connection to the same one.
class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<Store>> open(Access access) = 0;
};

struct BackendKind {
  std::string name;
  std::function<std::unique_ptr<Backend>()> make;
};

class StoreConformance : public testing::TestWithParam<BackendKind> {
 protected:
  std::unique_ptr<Store> open(Access access = Access::read_write) {
    Result<std::unique_ptr<Store>> opened = backend_->open(access);
    if (!opened) ADD_FAILURE() << opened.error().text();
    CHECK(opened.has_value());
    return *std::move(opened);
  }

 private:
  std::unique_ptr<Backend> backend_ = GetParam().make();
};

}  // namespace dskeeper::store
