// The yardstick: a mass query tool that asks CDS and CDNSKEY at both servers of each child over
// UDP, and neither parses, validates nor decides anything. What it costs is what asking itself
// costs.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "net/socket_address.h"
#include "world.h"

namespace dskeeper::bench {

struct YardstickOptions {
  std::size_t batch = 64;  // datagrams a system call
  std::size_t in_flight_max = 1000;
  std::chrono::milliseconds timeout{2500};  // of each try
  unsigned tries = 2;
};

struct YardstickCounts {
  std::uint64_t questions = 0;  // each counts once
  std::uint64_t answered = 0;
  std::uint64_t sent_again = 0;
};

// One pass over all children, from one socket; a question is known again by its ID alone.
class Yardstick {
 public:
  [[nodiscard]] static Result<Yardstick> open(const World& world, const YardstickOptions& options);
  Yardstick(Yardstick&&) noexcept;
  ~Yardstick();
  [[nodiscard]] YardstickCounts run();

 private:
  using Moment = std::chrono::steady_clock::time_point;
  struct Batch;
  // One place of those in flight; its number is the ID.
  struct Place {
    std::size_t question = 0;
    Moment due{};
    unsigned tries = 0;  // 0: free
    unsigned turn = 0;   // tells its uses apart
  };
  struct Deadline {
    Moment due;
    std::uint16_t place = 0;
    unsigned turn = 0;
  };

  Yardstick(const World& world, const YardstickOptions& options, net::Socket socket);
  void launch(Moment now);
  void send_again(Moment now);
  void put(std::uint16_t number, Moment now);
  void flush();
  void receive();
  void wait(Moment now) const;

  const World* world_;
  YardstickOptions options_;
  net::Socket socket_;
  YardstickCounts counts_;
  std::size_t next_ = 0;  // question
  std::vector<Place> places_;
  std::vector<std::uint16_t> free_;
  std::deque<Deadline> deadlines_;  // in their order, since all waits are equally long
  std::size_t filled_ = 0;          // of the batch
  std::unique_ptr<Batch> batch_;
};

}  // namespace dskeeper::bench
