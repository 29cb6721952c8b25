#include "cli/policies.h"

#include <fmt/core.h>

#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "cli/algorithms.h"
#include "cli/built_in_data.h"
#include "cli/policy_keys.h"
#include "dns/records.h"

namespace dskeeper::cli {
namespace {

// It has no base: every other policy descends from it.
constexpr std::string_view root_policy = "bcp246";

unsigned line_of(const Table& table, std::string_view word, unsigned otherwise) {
  for (const auto& [key, value] : table) {
    if (key == word) return value.line;
  }
  return otherwise;
}

const BuiltInPolicy* find_built_in(std::string_view name) {
  for (const BuiltInPolicy& built_in : built_in_policies()) {
    if (built_in.name == name) return &built_in;
  }
  return nullptr;
}

// RFC 9904: what is published must be allowed to be, and be something that we can compute.
void check_digests(const Policy& policy, unsigned line, FaultList& faults) {
  for (const dns::DigestType type : policy.digests) {
    const std::string name = dns::to_text(type);
    if (!policy.algorithms.use_of(type).may_publish) {
      faults.add(line, fmt::format("DS of the digest type {} must not be published", name),
                 "Give digests = [2], which is SHA-256 (RFC 9904).");
    } else if (!dns::make_ds({}, {}, type)) {
      faults.add(line, fmt::format("this program cannot compute the digest type {}", name),
                 "Known are 2 (SHA-256) and 4 (SHA-384).");
    }
  }
}

// Reads `name` after its base, remembering what is under way so that a circle is found.
class PolicyReader {
 public:
  PolicyReader(const Table& own, FaultList& faults) : own_(own), faults_(faults) {}

  std::map<std::string, Policy> read_all() {
    for (const BuiltInPolicy& built_in : built_in_policies()) read(std::string(built_in.name), 0);
    for (const auto& [name, value] : own_) {
      if (find_built_in(name) == nullptr) {
        read(name, value.line);
      } else {
        faults_.add(value.line, fmt::format("the policy \"{}\" is built in", name),
                    fmt::format("Give yours another name, and base = \"{}\".", name));
      }
    }
    return std::move(done_);
  }

 private:
  const Policy* read(const std::string& name, unsigned line) {
    if (const auto found = done_.find(name); found != done_.end()) return &found->second;
    if (!under_way_.insert(name).second) {
      faults_.add(line, fmt::format("the policy \"{}\" inherits from itself", name),
                  "Give one of the policies in the circle another base.");
      return nullptr;
    }
    if (const BuiltInPolicy* built_in = find_built_in(name)) return read_built_in(*built_in);
    for (const auto& [own_name, value] : own_) {
      if (own_name == name) return read_table_of(name, value, faults_);
    }
    faults_.add(line, fmt::format("there is no policy \"{}\"", name), did_you_mean(name, names()));
    return nullptr;
  }

  const Policy* read_built_in(const BuiltInPolicy& built_in) {
    std::vector<Error> own_faults;
    const std::string file = fmt::format("data/policies/{}.toml", built_in.name);
    FaultList list(file, own_faults);
    auto table = parse_toml(built_in.text, file);
    CHECK(table.has_value());
    Value value;
    value.data = std::move(*table);
    const Policy* policy = read_table_of(std::string(built_in.name), value, list);
    CHECK(own_faults.empty());  // the tests read each of them
    return policy;
  }

  const Policy* read_table_of(const std::string& name, const Value& value, FaultList& faults) {
    const Table* table = value.table();
    if (table == nullptr) {
      faults.add(value.line, fmt::format("[policy.{}] must be a table", name));
      return nullptr;
    }
    Policy policy;
    if (name == root_policy) {
      policy.algorithms = algorithm_data().table();
    } else {
      const auto& [base_name, line] = base_of(*table, value.line, faults);
      const Policy* base = read(base_name, line);
      if (base == nullptr) return nullptr;
      policy = *base;
    }
    policy.name = name;
    read_table<Policy>(fmt::format("[policy.{}]", name), *table, policy_keys(), policy, faults);
    check_digests(policy, line_of(*table, "digests", value.line), faults);
    return &(done_[name] = std::move(policy));
  }

  [[nodiscard]] std::vector<std::string_view> names() const {
    std::vector<std::string_view> all;
    for (const BuiltInPolicy& built_in : built_in_policies()) all.push_back(built_in.name);
    for (const auto& [name, value] : own_) all.push_back(name);
    return all;
  }

  // With the line to name where there is no such policy.
  static std::pair<std::string, unsigned> base_of(const Table& table, unsigned own_line,
                                                  FaultList& faults) {
    std::pair<std::string, unsigned> base = {std::string(root_policy), own_line};
    for (const auto& [word, value] : table) {
      if (word != "base") continue;
      static_cast<void>(read_value(base.first, value, faults));
      base.second = value.line;
    }
    return base;
  }

  const Table& own_;
  FaultList& faults_;
  std::set<std::string> under_way_;
  std::map<std::string, Policy> done_;
};

}  // namespace

std::map<std::string, Policy> read_policies(const Table& own, FaultList& faults) {
  return PolicyReader(own, faults).read_all();
}

}  // namespace dskeeper::cli
