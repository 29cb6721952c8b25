// A ring of io_uring(7), as much of it as the UDP experiment needs, on the system calls themselves.
#pragma once

#include <linux/io_uring.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace dskeeper::bench {

class Ring {
 public:
  // So many entries can be prepared between two submissions; twice as many may complete.
  explicit Ring(unsigned entries);
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring();

  // The kernel has no io_uring, or forbids it.
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

  // An entry to be filled in, of zeros; submits by itself where there is no more room.
  [[nodiscard]] io_uring_sqe& next();
  // Gives what was prepared to the kernel and waits for at least so many completions.
  void submit(unsigned wait_for);
  // Calls it for each completion that is there.
  void reap(const std::function<void(const io_uring_cqe&)>& visitor);

  // Buffers that the kernel chooses from for each datagram, as group 0. The count is a power of
  // two.
  void provide(unsigned count, std::size_t octets);
  [[nodiscard]] std::span<std::uint8_t> buffer(unsigned id);
  void give_back(unsigned id);

 private:
  void* map(std::size_t octets, std::uint64_t offset);

  struct Mapping {
    void* at = nullptr;
    std::size_t octets = 0;
  };

  int descriptor_ = -1;
  io_uring_params params_{};
  std::vector<Mapping> mappings_;
  std::uint8_t* submissions_ = nullptr;
  std::uint8_t* completions_ = nullptr;
  io_uring_sqe* entries_ = nullptr;
  unsigned tail_ = 0;  // of the submissions, what was prepared included

  io_uring_buf_ring* provided_ = nullptr;
  std::vector<std::uint8_t> buffers_;
  std::size_t buffer_octets_ = 0;
  unsigned buffer_count_ = 0;
};

}  // namespace dskeeper::bench
