#include "model/act_reason.h"

#include <algorithm>

namespace dskeeper {

bool is_reason(std::string_view text) {
  const bool is_one_line = std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  const bool has_words = text.find_first_not_of(' ') != std::string_view::npos;
  return has_words && is_one_line && text.size() <= reason_octets_max;
}

}  // namespace dskeeper
