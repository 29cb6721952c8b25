#include "rules/algorithm_table.h"

namespace dskeeper::rules {

const AlgorithmTable& AlgorithmTable::standard() {
  static const AlgorithmTable table = [] {
    AlgorithmTable made;
    // 5 and 7 are still RECOMMENDED for validation, but RFC 9905 §2 forbids to make DS of them;
    // 12 fell to RFC 9906 §2. 0 is the sentinel of RFC 8078 §4 and no algorithm.
    for (const std::size_t number : {0U, 1U, 3U, 5U, 6U, 7U, 12U}) {
      made.algorithms_[number] = AlgorithmUse::refused;
    }
    for (const std::size_t number : {8U, 10U, 13U, 14U, 15U, 16U}) {
      made.algorithms_[number] = AlgorithmUse::counts;
    }
    // RFC 9904 table 3: SHA-256 alone is MUST, SHA-384 is MAY for delegation and RECOMMENDED for
    // validation. SHA-1 and GOST-94 stay all false (RFC 9905 §5, RFC 9906 §2).
    made.digests_[2] = {.is_eligible = true, .may_publish = true, .counts = true};
    made.digests_[4] = {.is_eligible = false, .may_publish = true, .counts = true};
    made.digests_[5] = {.is_eligible = false, .may_publish = true, .counts = false};
    made.digests_[6] = {.is_eligible = false, .may_publish = true, .counts = false};
    return made;
  }();
  return table;
}

}  // namespace dskeeper::rules
