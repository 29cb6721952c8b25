#include "model/algorithm_table.h"

namespace dskeeper {

AlgorithmTable::AlgorithmTable() {
  for (const std::size_t number : {0U, 1U, 3U, 5U, 6U, 7U, 12U}) {
    algorithms_[number] = AlgorithmUse::refused;
  }
  for (const std::size_t number : {8U, 10U, 13U, 14U, 15U, 16U}) {
    algorithms_[number] = AlgorithmUse::counts;
  }
  // SHA-1 and GOST-94 stay all false (RFC 9905 §5, RFC 9906 §2).
  digests_[2] = {.is_eligible = true, .may_publish = true, .counts = true};
  digests_[4] = {.is_eligible = false, .may_publish = true, .counts = true};
  digests_[5] = {.is_eligible = false, .may_publish = true, .counts = false};
  digests_[6] = {.is_eligible = false, .may_publish = true, .counts = false};
}

}  // namespace dskeeper
