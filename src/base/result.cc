#include "base/result.h"

namespace dskeeper {

std::string Error::text() const {
  std::string out;
  if (!where.empty()) out += where + ": ";
  out += what;
  out += '.';
  if (!remedy.empty()) out += " " + remedy;
  return out;
}

}  // namespace dskeeper
