// What was asked of the responder and what it answered, child by child and server by server: from
// it follows what a scan had to find out, and how long its rates made it wait.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dns/types.h"
#include "model/survey.h"
#include "world.h"

namespace dskeeper::bench {

inline constexpr std::array<dns::RecordType, 4> asked_types = {
    dns::RecordType::soa, dns::RecordType::dnskey, dns::RecordType::cds, dns::RecordType::cdnskey};

// A set of (server, type), both of at most four: one bit each.
class QuestionSet {
 public:
  void add(std::size_t server, dns::RecordType type);
  [[nodiscard]] bool has(std::size_t server, dns::RecordType type) const;
  [[nodiscard]] bool has_any(std::size_t server) const;

 private:
  std::uint8_t bits_ = 0;
};

struct Heard {
  QuestionSet asked;
  QuestionSet answered;
};

struct ServerCounts {
  std::uint64_t udp = 0;
  std::uint64_t tcp = 0;
  std::uint64_t udp_withheld = 0;  // each is asked for once more
  std::uint64_t tcp_withheld = 0;
};

class Tally {
 public:
  explicit Tally(const World& world);
  void count_question(const ServerPlace& place, Transport transport);
  void count_withheld(const ServerPlace& place, Transport transport);
  void asked(std::size_t child, std::size_t server, dns::RecordType type);
  void answered(std::size_t child, std::size_t server, dns::RecordType type);
  void clear();

  [[nodiscard]] const Heard& of_child(std::size_t child) const { return children_[child]; }
  [[nodiscard]] const ServerCounts& of_server(const ServerPlace& place) const;

 private:
  [[nodiscard]] ServerCounts& counts(const ServerPlace& place);
  std::vector<Heard> children_;
  std::vector<ServerCounts> servers_;
};

}  // namespace dskeeper::bench
