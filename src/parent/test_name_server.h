// A real name server for one test: Knot DNS or BIND 9 on a high port of loopback, primary of
// `example.`, with keys for transfer and update. Ended by its process id.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "base/bytes.h"
#include "dns/tsig.h"
#include "parent/ds_question.h"
#include "parent/test_support.h"

namespace dskeeper::parent {

enum class Software { knot, bind, knot_signing };

class TestNameServer {
 public:
  static const char* program(Software software) {
    return software == Software::bind ? "/usr/sbin/named" : "/usr/sbin/knotd";
  }

  TestNameServer(Software software, const std::string& zone) {
    endpoint_ = {IpAddress::parse("127.0.0.1").value(), free_port()};
    folder_.write("example.zone", zone);
    const std::string file =
        folder_.write("conf", software == Software::bind ? bind_conf() : knot_conf(software))
            .string();
    std::vector<std::string> argv = {program(software), "-c", file};
    if (software == Software::bind) argv.insert(argv.end(), {"-g", "-n", "1"});
    start(std::move(argv));
    wait();
  }
  TestNameServer(const TestNameServer&) = delete;
  TestNameServer& operator=(const TestNameServer&) = delete;
  ~TestNameServer() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] Endpoint endpoint() const { return endpoint_; }
  [[nodiscard]] std::string log() const { return contents(folder_.path() / "log"); }

  static dns::TsigKey key(const char* key_name, std::uint8_t seed,
                          dns::TsigAlgorithm algorithm = dns::TsigAlgorithm::hmac_sha256) {
    return {name(key_name), algorithm, Bytes(32, seed)};
  }
  static dns::TsigKey transfer_key() { return key("transfer.", 1); }
  static dns::TsigKey update_key() { return key("update.", 2, dns::TsigAlgorithm::hmac_sha512); }

 private:
  static std::uint16_t free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(fd, generic, length), 0);
    EXPECT_EQ(getsockname(fd, generic, &length), 0);
    close(fd);
    return ntohs(address.sin_port);
  }

  [[nodiscard]] std::string knot_conf(Software software) const {
    const std::string folder = folder_.path().string();
    return "server:\n  listen: 127.0.0.1@" + std::to_string(endpoint_.port) +
           "\n  rundir: " + folder +
           "\n  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\n"
           "control:\n  listen: " +
           folder + "/knot.sock\n" + "database:\n  storage: " + folder + "\n" +
           "log:\n  - target: stderr\n    any: info\n"
           "key:\n"
           "  - id: transfer.\n    algorithm: hmac-sha256\n    secret: " +
           to_base64(transfer_key().secret) +
           "\n  - id: update.\n    algorithm: hmac-sha512\n    secret: " +
           to_base64(update_key().secret) +
           "\nacl:\n"
           "  - id: transfer\n    key: transfer.\n    action: transfer\n"
           "  - id: update\n    key: update.\n    action: update\n"
           "zone:\n  - domain: example.\n    file: " +
           folder +
           "/example.zone\n    zonefile-sync: -1\n    zonefile-load: whole\n"
           "    journal-content: changes\n    acl: [ transfer, update ]\n" +
           (software == Software::knot_signing
                ? "    dnssec-signing: on\n    zonemd-generate: zonemd-sha512\n"
                : "");
  }

  [[nodiscard]] std::string bind_conf() const {
    const std::string folder = folder_.path().string();
    return "key transfer. { algorithm hmac-sha256; secret \"" + to_base64(transfer_key().secret) +
           "\"; };\n" + "key update. { algorithm hmac-sha512; secret \"" +
           to_base64(update_key().secret) +
           "\"; };\n"
           "options { directory \"" +
           folder + "\"; listen-on port " + std::to_string(endpoint_.port) +
           " { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none; lock-file none; "
           "session-keyfile none; managed-keys-directory \"" +
           folder +
           "\"; recursion no; dnssec-validation no; notify no; allow-transfer { none; }; };\n"
           "controls { };\n"
           "zone example. { type primary; file \"example.zone\"; "
           "allow-transfer { key transfer.; }; allow-update { key update.; }; };\n";
  }

  void start(std::vector<std::string> argv) {
    std::vector<char*> pointers;
    for (std::string& argument : argv) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    const std::string log = (folder_.path() / "log").string();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    EXPECT_EQ(posix_spawn(&pid_, argv[0].c_str(), &actions, nullptr, pointers.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
  }

  // Until it answers with authority.
  void wait() const {
    const SystemClock clock;
    for (int i = 0; i < 300; ++i) {
      const DsQuestion question{endpoint_, name("kid.example."), {}, std::chrono::seconds(1)};
      if (run_to_end(ask_ds(question, clock))) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ADD_FAILURE() << "the name server did not start:\n" << log();
  }

  TestFolder folder_;
  Endpoint endpoint_;
  pid_t pid_ = 0;
};

}  // namespace dskeeper::parent
