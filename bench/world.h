// The benchmark's world: which children, operators and parents there are. Data, no effects.
//
// Of ten children five are unsigned, two signed and silent, two signed with CDS and CDNSKEY equal
// to their DS, and one is signed without DS and asks for its first. Ten in a row have the same
// operator, so that neighbours in the zone differ and every operator has the same mixture.
#pragma once

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

class World {
 public:
  explicit World(std::size_t children) : children_(children) {}
  [[nodiscard]] std::size_t child_count() const { return children_; }
  [[nodiscard]] std::size_t operator_count() const;
  [[nodiscard]] Child child(std::size_t index) const;
  // The two name servers of an operator, ns1 and ns2.opNN.op. Each operator has a /24 of its own
  // in 127.16.0.0 and above, as operators have.
  [[nodiscard]] std::vector<NameServer> name_servers(std::size_t operator_index) const;

 private:
  std::size_t children_;
};

[[nodiscard]] NameServer root_server();
[[nodiscard]] NameServer parent_server();  // of op. and example.

// Parses a name that is written in the source.
[[nodiscard]] dns::Name name(const std::string& text);

[[nodiscard]] dns::Record ns_record(const dns::Name& owner, const dns::Name& server);
[[nodiscard]] dns::Record a_record(const dns::Name& owner, const std::string& address);
[[nodiscard]] dns::Record soa_record(const dns::Name& owner, const dns::Name& primary);

}  // namespace dskeeper::bench
