// The signals of a survey as JSON. Internal to src/model.
#pragma once

#include "model/json_parts.h"
#include "model/signal_survey.h"

namespace dskeeper::json_parts {

[[nodiscard]] json::value write_signals(const SignalSurvey& signals);
[[nodiscard]] SignalSurvey read_signals(const json::value& value, Trouble& trouble);

}  // namespace dskeeper::json_parts
