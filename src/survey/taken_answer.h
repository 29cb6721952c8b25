// From a reply to an answer: what came of one question, in the survey's words.
#pragma once

#include "base/time.h"
#include "model/answer.h"
#include "survey/classify.h"

namespace dskeeper::net {
struct Reply;
}

namespace dskeeper::survey {

struct TakenAnswer {
  Answer answer;
  Classified classified;
};

// `zone` is the one whose server was asked; the question's name is at or below its apex. `asked_at`
// is when the question was handed in.
[[nodiscard]] TakenAnswer take_answer(ServerAddress server, const dns::Question& question,
                                      const dns::Name& zone, Time asked_at, net::Reply reply,
                                      Time now);

}  // namespace dskeeper::survey
