#include "net/testing/fake_server.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>

#include "dns/rrset.h"

namespace dskeeper::net {
namespace {

using boost::asio::ip::udp;

// The second datagram is read while the first one is dealt with, and dealt with after the end.
TEST(FakeServer, EndsAlsoWhereADatagramHasJustCome) {
  boost::asio::io_context io;
  const std::uint16_t port = free_port();
  FakeServer* running = nullptr;
  FakeServer server(io, "127.0.0.1", port, [&](const FakeQuery& query) {
    boost::asio::post(io, [&] { running->stop(); });
    return reply_with(query);
  });
  running = &server;
  udp::socket sender(io, udp::v4());
  const Bytes query =
      dns::make_query(1, {dns::Name::parse("example.").value(), dns::RecordType::soa});
  for (int i = 0; i < 2; ++i) {
    sender.send_to(boost::asio::buffer(query), {boost::asio::ip::make_address("127.0.0.1"), port});
  }
  io.run_for(std::chrono::seconds(5));
  EXPECT_TRUE(io.stopped()) << "something is left to do";
}

}  // namespace
}  // namespace dskeeper::net
