// The signals of a first DS (RFC 9615) beside the apex, record by record, for `explain`.
#pragma once

#include <string>

#include "model/survey.h"

namespace dskeeper::cli {

// Empty where no signals were asked for.
[[nodiscard]] std::string signals_text(const Survey& survey);

}  // namespace dskeeper::cli
