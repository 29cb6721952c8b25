#include "uring.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "base/check.h"

namespace dskeeper::bench {
namespace {

// The kernel writes there too.
std::atomic_ref<unsigned> shared(std::uint8_t* mapping, unsigned offset) {
  return std::atomic_ref<unsigned>(*reinterpret_cast<unsigned*>(mapping + offset));
}

}  // namespace

Ring::Ring(unsigned entries) {
  params_.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
  descriptor_ = static_cast<int>(syscall(SYS_io_uring_setup, entries, &params_));
  if (descriptor_ < 0) return;
  submissions_ = static_cast<std::uint8_t*>(
      map(params_.sq_off.array + params_.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING));
  completions_ = static_cast<std::uint8_t*>(
      map(params_.cq_off.cqes + params_.cq_entries * sizeof(io_uring_cqe), IORING_OFF_CQ_RING));
  entries_ =
      static_cast<io_uring_sqe*>(map(params_.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES));
  tail_ = shared(submissions_, params_.sq_off.tail);
  auto* const order = reinterpret_cast<unsigned*>(submissions_ + params_.sq_off.array);
  for (unsigned at = 0; at < params_.sq_entries; ++at) order[at] = at;
}

Ring::~Ring() {
  if (descriptor_ >= 0) close(descriptor_);
  for (const Mapping& mapping : mappings_) munmap(mapping.at, mapping.octets);
}

void* Ring::map(std::size_t octets, std::uint64_t offset) {
  void* const at = mmap(nullptr, octets, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                        descriptor_, static_cast<off_t>(offset));
  CHECK(at != MAP_FAILED);
  mappings_.push_back({at, octets});
  return at;
}

io_uring_sqe& Ring::next() {
  const unsigned head = shared(submissions_, params_.sq_off.head).load(std::memory_order_acquire);
  if (tail_ - head == params_.sq_entries) submit(0);
  io_uring_sqe& entry = entries_[tail_ % params_.sq_entries];
  ++tail_;
  std::memset(&entry, 0, sizeof entry);
  return entry;
}

void Ring::submit(unsigned wait_for) {
  auto tail = shared(submissions_, params_.sq_off.tail);
  const unsigned count = tail_ - shared(submissions_, params_.sq_off.head);
  tail.store(tail_, std::memory_order_release);
  const auto done =
      syscall(SYS_io_uring_enter, descriptor_, count, wait_for, IORING_ENTER_GETEVENTS, nullptr, 0);
  CHECK(done >= 0);
}

void Ring::reap(const std::function<void(const io_uring_cqe&)>& visitor) {
  auto head = shared(completions_, params_.cq_off.head);
  const unsigned tail = shared(completions_, params_.cq_off.tail).load(std::memory_order_acquire);
  const auto* const cqes = reinterpret_cast<io_uring_cqe*>(completions_ + params_.cq_off.cqes);
  unsigned at = head;
  for (; at != tail; ++at) visitor(cqes[at % params_.cq_entries]);
  head.store(at, std::memory_order_release);
}

void Ring::provide(unsigned count, std::size_t octets) {
  buffers_.resize(count * octets);
  buffer_octets_ = octets;
  buffer_count_ = count;
  const std::size_t size = count * sizeof(io_uring_buf);
  void* const at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  mappings_.push_back({at, size});
  provided_ = static_cast<io_uring_buf_ring*>(at);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uint64_t>(at);
  registration.ring_entries = count;
  const auto done =
      syscall(SYS_io_uring_register, descriptor_, IORING_REGISTER_PBUF_RING, &registration, 1);
  CHECK(done == 0);
  for (unsigned id = 0; id < count; ++id) give_back(id);
}

std::span<std::uint8_t> Ring::buffer(unsigned id) {
  return std::span(buffers_).subspan(id * buffer_octets_, buffer_octets_);
}

void Ring::give_back(unsigned id) {
  // The tail lies in the first entry's last field, which nobody uses otherwise.
  std::atomic_ref<std::uint16_t> tail(provided_->tail);
  const std::uint16_t at = tail;
  auto* const bufs = reinterpret_cast<io_uring_buf*>(provided_);
  io_uring_buf& entry = bufs[at % buffer_count_];
  entry.addr = reinterpret_cast<std::uint64_t>(buffer(id).data());
  entry.len = static_cast<std::uint32_t>(buffer_octets_);
  entry.bid = static_cast<std::uint16_t>(id);
  tail.store(static_cast<std::uint16_t>(at + 1), std::memory_order_release);
}

}  // namespace dskeeper::bench
