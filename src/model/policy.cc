#include "model/policy.h"

#include <algorithm>

namespace dskeeper {

bool Policy::offers(BootstrapMethod method) const {
  return std::find(bootstrap.begin(), bootstrap.end(), method) != bootstrap.end();
}

}  // namespace dskeeper
