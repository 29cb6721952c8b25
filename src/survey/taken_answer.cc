#include "survey/taken_answer.h"

#include <utility>

#include "net/dns_client.h"

namespace dskeeper::survey {
namespace {

AnswerStatus without_response(net::AskStatus status) {
  switch (status) {
    case net::AskStatus::timeout:
      return AnswerStatus::timeout;
    case net::AskStatus::unreachable:
      return AnswerStatus::unreachable;
    case net::AskStatus::truncated:
      return AnswerStatus::truncated;
    case net::AskStatus::not_permitted:
      return AnswerStatus::not_permitted;
    case net::AskStatus::answered:
    case net::AskStatus::set_aside:
    case net::AskStatus::cancelled:
      break;
  }
  return AnswerStatus::not_asked;
}

}  // namespace

TakenAnswer take_answer(ServerAddress server, const dns::Question& question, const dns::Name& zone,
                        Time asked_at, net::Reply reply, Time now) {
  TakenAnswer taken;
  Answer& answer = taken.answer;
  answer.server = std::move(server);
  answer.type = question.type;
  answer.transport = reply.transport;
  answer.asked_at = asked_at + reply.waited;
  answer.round_trip = reply.round_trip;
  if (reply.status == net::AskStatus::answered) {
    taken.classified = classify(reply.wire, question, zone, now);
  } else {
    taken.classified.status = without_response(reply.status);
  }
  answer.status = taken.classified.status;
  answer.wire = std::move(reply.wire);
  return taken;
}

}  // namespace dskeeper::survey
