// Floods a NOTIFY receiver from many source addresses of loopback, and counts what is acknowledged.
//
// One socket: the kernel lets each datagram leave from any address of 127.0.0.0/8 (IP_PKTINFO), and
// takes the answers to all of them. Each source has a /24 of its own. Ends after --seconds, or when
// its standard input does. Prints one line of JSON.
#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "dns/name.h"
#include "net/socket_address.h"

namespace dskeeper::bench {
namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t octets_max = 512;
using Moment = std::chrono::steady_clock::time_point;

struct Options {
  std::string to = "127.0.0.1:5359";
  std::string names_file;
  std::vector<std::string> names;
  unsigned rate = 20'000;
  unsigned seconds = 10;
  unsigned sources = 1;
};

struct Totals {
  std::uint64_t sent = 0;
  std::uint64_t not_sent = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;
  std::uint64_t other = 0;
};

Bytes notify_for(const std::string& text) {
  const dns::Name name = dns::Name::parse(text).value();
  Bytes out = {0x12, 0x34, 0x24, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  const ByteView wire = name.wire();
  out.insert(out.end(), wire.begin(), wire.end());
  const Bytes rest = {0, 59, 0, 1};
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

in_addr source_of(unsigned number) {
  return {htonl(0x7F000001U | (0x4000U + number) << 8U)};
}

class Flood {
 public:
  Flood(const Options& options, std::vector<Bytes> messages)
      : options_(options),
        messages_(std::move(messages)),
        to_(Endpoint::parse(options.to, 5359).value()),
        socket_(AF_INET, SOCK_DGRAM) {
    socket_.set_option(SOL_SOCKET, SO_RCVBUF, 4 << 20);
    socket_.set_option(SOL_SOCKET, SO_SNDBUF, 4 << 20);
  }

  Totals run() {
    const Moment begin = std::chrono::steady_clock::now();
    const Moment end = begin + std::chrono::seconds(options_.seconds);
    while (true) {
      const Moment now = std::chrono::steady_clock::now();
      if (now >= end || is_input_over()) break;
      const auto due = static_cast<std::uint64_t>(
          std::chrono::duration<double>(now - begin).count() * options_.rate);
      // What this process was too late for is made up for, but not all at once.
      std::uint64_t left = std::min<std::uint64_t>(due - tried_, options_.rate / 10 + batch);
      tried_ = due - left;
      for (; left > 0; left -= std::min<std::uint64_t>(left, batch)) {
        send_some(static_cast<std::size_t>(std::min<std::uint64_t>(left, batch)));
        receive_all();
      }
      pollfd readable{socket_.get(), POLLIN, 0};
      poll(&readable, 1, 1);
      receive_all();
    }
    took_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return totals_;
  }
  [[nodiscard]] double took() const { return took_; }

 private:
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))> octets{};
  };

  static bool is_input_over() {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, 0) <= 0) return false;
    char octet = 0;
    return read(STDIN_FILENO, &octet, 1) <= 0;
  }

  void send_some(std::size_t count) {
    for (std::size_t at = 0; at < count; ++at, ++tried_) {
      Bytes& message = messages_[tried_ % messages_.size()];
      vectors_[at] = {message.data(), message.size()};
      msghdr& header = headers_[at].msg_hdr;
      header = {};
      header.msg_name = to_.get();
      header.msg_namelen = to_.length;
      header.msg_iov = &vectors_[at];
      header.msg_iovlen = 1;
      header.msg_control = controls_[at].octets.data();
      header.msg_controllen = controls_[at].octets.size();
      cmsghdr* const part = CMSG_FIRSTHDR(&header);
      part->cmsg_level = IPPROTO_IP;
      part->cmsg_type = IP_PKTINFO;
      part->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
      in_pktinfo info{};
      info.ipi_spec_dst = source_of(static_cast<unsigned>(tried_ % options_.sources));
      std::memcpy(CMSG_DATA(part), &info, sizeof info);
    }
    const int sent = sendmmsg(socket_.get(), headers_.data(), static_cast<unsigned>(count), 0);
    const auto done = static_cast<std::size_t>(std::max(sent, 0));
    totals_.sent += done;
    totals_.not_sent += count - done;
  }

  void receive_all() {
    while (true) {
      std::array<std::uint8_t, octets_max> octets;
      const ssize_t count = recv(socket_.get(), octets.data(), octets.size(), MSG_DONTWAIT);
      if (count < 12) return;
      switch (octets[3] & 0x0FU) {
        case 0:
          ++totals_.acknowledged;
          break;
        case 5:
          ++totals_.refused;
          break;
        default:
          ++totals_.other;
      }
    }
  }

  const Options& options_;
  std::vector<Bytes> messages_;
  net::SocketAddress to_;
  net::Socket socket_;
  Totals totals_;
  std::uint64_t tried_ = 0;
  double took_ = 0;
  std::array<mmsghdr, batch> headers_{};
  std::array<iovec, batch> vectors_{};
  std::array<Control, batch> controls_{};
};

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Floods a NOTIFY receiver");
  app.add_option("--to", options.to);
  app.add_option("--rate", options.rate)->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds)->check(CLI::PositiveNumber);
  app.add_option("--sources", options.sources)->check(CLI::Range(1, 16'384));
  app.add_option("--names", options.names_file, "one a line");
  app.add_option("NAME", options.names);
  CLI11_PARSE(app, argc, argv);
  if (!options.names_file.empty()) {
    std::ifstream file(options.names_file);
    for (std::string line; std::getline(file, line);) options.names.push_back(line);
  }
  if (options.names.empty()) return 2;
  std::vector<Bytes> messages;
  for (const std::string& name : options.names) messages.push_back(notify_for(name));
  Flood flood(options, std::move(messages));
  const Totals totals = flood.run();
  fmt::print(
      R"({{"seconds":{:.2f},"sent":{},"not_sent":{},"acknowledged":{},"refused":{},"other":{}}})"
      "\n",
      flood.took(), totals.sent, totals.not_sent, totals.acknowledged, totals.refused,
      totals.other);
  return 0;
}

}  // namespace
}  // namespace dskeeper::bench

int main(int argc, char** argv) {
  return dskeeper::bench::run(argc, argv);
}
