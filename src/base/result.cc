#include "base/result.h"

namespace dskeeper {

std::string Error::text() const {
  std::string out;
  if (!where.empty()) out += where + ": ";
  out += what;
  if (!out.ends_with('.')) out += '.';  // a domain name brings its own
  if (!remedy.empty()) out += " " + remedy;
  return out;
}

}  // namespace dskeeper
