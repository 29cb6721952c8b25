// Answers as JSON, their wire forms in base64. Internal to src/model.
#pragma once

#include "model/answer.h"
#include "model/json_parts.h"

namespace dskeeper::json_parts {

[[nodiscard]] json::object write_answer(const Answer& answer);
[[nodiscard]] json::value write_answers(const std::vector<Answer>& answers);
[[nodiscard]] json::value write_servers(const std::vector<SurveyedServer>& servers);
// Of an object that has other fields besides.
[[nodiscard]] Answer read_answer_fields(Fields& fields);
[[nodiscard]] Answer read_answer(const json::value& value, Trouble& trouble);
[[nodiscard]] SurveyedServer read_surveyed_server(const json::value& value, Trouble& trouble);

}  // namespace dskeeper::json_parts
