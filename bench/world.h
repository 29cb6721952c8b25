// The benchmark's world: which children, operators and parents there are. Data, no effects.
//
// Of ten children five are unsigned, two signed and silent, two signed with CDS and CDNSKEY equal
// to their DS, and one is signed without DS and asks for its first. Every operator has the same
// mixture.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dns/name.h"
#include "dns/rrset.h"

namespace dskeeper::bench {

enum class Kind { plain, silent, in_sync, asking };
[[nodiscard]] const char* to_text(Kind kind);

struct Child {
  dns::Name name;
  Kind kind = Kind::plain;
  std::size_t operator_index = 0;
};

struct NameServer {
  dns::Name name;
  std::string address;
};

// How many children each operator has.
enum class Sizes {
  equal,  // ten neighbours in the zone have one operator
  zipf,   // the k-th largest has a k-th of what the largest has; its children stand anywhere
};

inline constexpr std::size_t children_max = 10'000'000;  // seven digits
inline constexpr std::size_t operators_max = 60'000;     // 127.16.0.0 to 127.255.249.0

struct Scale {
  std::size_t children = 0;
  std::size_t operators = 0;  // 0: one for each 500 children
  Sizes sizes = Sizes::equal;
};

inline constexpr std::size_t servers_per_operator = 2;

// One server address, as its operator's number and its own among the operator's.
struct ServerPlace {
  std::size_t operator_index = 0;
  std::size_t server = 0;
  bool operator==(const ServerPlace&) const = default;
};

class World {
 public:
  explicit World(const Scale& scale);
  [[nodiscard]] std::size_t child_count() const { return children_; }
  [[nodiscard]] std::size_t operator_count() const { return operators_; }
  [[nodiscard]] Child child(std::size_t index) const;
  // The same, without its name.
  [[nodiscard]] std::size_t operator_of(std::size_t index) const;
  [[nodiscard]] static Kind kind_of(std::size_t index);
  // The child whose first label that is; nothing where there is none.
  [[nodiscard]] std::optional<std::size_t> find_child(std::string_view label) const;

  // The two name servers of an operator, ns1 and ns2.opNN.op. Each operator has a /24 of its own
  // in 127.16.0.0 and above, as operators have.
  [[nodiscard]] static NameServer name_server(const ServerPlace& place);
  [[nodiscard]] static std::vector<NameServer> name_servers(std::size_t operator_index);
  [[nodiscard]] static std::array<std::uint8_t, 4> server_address(const ServerPlace& place);
  [[nodiscard]] std::optional<ServerPlace> find_server(
      const std::array<std::uint8_t, 4>& address) const;

 private:
  std::size_t children_;
  std::size_t operators_;
  std::vector<std::size_t> ends_;  // Zipf: how many children the operators up to each have in all
};

[[nodiscard]] NameServer root_server();
[[nodiscard]] NameServer parent_server();  // of op. and example.

// Parses a name that is written in the source.
[[nodiscard]] dns::Name name(const std::string& text);

[[nodiscard]] dns::Record ns_record(const dns::Name& owner, const dns::Name& server);
[[nodiscard]] dns::Record a_record(const dns::Name& owner, const std::string& address);
[[nodiscard]] dns::Record soa_record(const dns::Name& owner, const dns::Name& primary);

}  // namespace dskeeper::bench
