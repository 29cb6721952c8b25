// The manual's page of findings, made from the catalogue.
#pragma once

#include <string>

namespace dskeeper::cli {

// docs/findings.md; a test holds it to this.
[[nodiscard]] std::string findings_manual();

}  // namespace dskeeper::cli
