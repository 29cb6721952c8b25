#include "net/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace dskeeper::net {

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur >= descriptors_wanted) return limit.rlim_cur;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, descriptors_wanted);
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace dskeeper::net
