#include "model/resolver_health.h"

#include "model/words.h"

namespace dskeeper {
namespace {

constexpr Words<4> fault_words = {"none", "silent", "wrong-anchor", "wrong-clock"};
static_assert(fault_words.size() == static_cast<std::size_t>(ResolverFault::wrong_clock) + 1);

}  // namespace

std::string_view to_text(ResolverFault fault) {
  return word_of(fault_words, fault);
}

Result<ResolverFault> parse_resolver_fault(std::string_view text) {
  return parse_word<ResolverFault>(fault_words, text, "a fault of the resolver");
}

}  // namespace dskeeper
