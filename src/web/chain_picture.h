// The chain of trust as a picture (SVG), in green, grey and red, with words for each colour and a
// text that says the same.
#pragma once

#include "web/chain.h"
#include "web/html.h"

namespace dskeeper::web {

[[nodiscard]] Html chain_picture(const Chain& chain);

}  // namespace dskeeper::web
