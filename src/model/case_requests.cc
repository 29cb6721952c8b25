#include "model/case_requests.h"

namespace dskeeper {

std::vector<std::string> request_ids(const Case& value) {
  std::vector<std::string> ids = {value.request_id, value.csync.request_id};
  std::erase(ids, std::string());
  return ids;
}

}  // namespace dskeeper
