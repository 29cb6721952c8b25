#include "rules/gaps.h"

#include <iterator>

namespace dskeeper::rules {
namespace {

// Which finding names an answer that is missing.
FindingCode code_of(const Matter& matter, const ProvedAnswer& answer) {
  switch (answer.status) {
    case AnswerStatus::answer:
    case AnswerStatus::nodata:
      return matter.counts(answer) ? FindingCode::denial_unproven
                                   : FindingCode::answer_not_over_tcp;
    case AnswerStatus::nxdomain:  // the server does not know the zone (standards.md §5.4)
    case AnswerStatus::servfail:
    case AnswerStatus::other_rcode:
      return FindingCode::server_fails;
    case AnswerStatus::referral:
    case AnswerStatus::not_authoritative:
      return FindingCode::server_not_authoritative;
    case AnswerStatus::refused:
      return FindingCode::server_refuses;
    case AnswerStatus::malformed:
      return FindingCode::answer_malformed;
    case AnswerStatus::truncated:
      return FindingCode::answer_truncated;
    case AnswerStatus::not_permitted:
      return FindingCode::server_not_permitted;
    case AnswerStatus::timeout:
    case AnswerStatus::unreachable:
    case AnswerStatus::not_asked:
      break;
  }
  return FindingCode::server_silent;
}

std::string rcode_text(AnswerStatus status) {
  if (status == AnswerStatus::nxdomain) return "NXDOMAIN";
  if (status == AnswerStatus::servfail) return "SERVFAIL";
  return "an error";
}

}  // namespace

void Gaps::add(const Matter& matter, const ProvedAnswer& answer, const ServerAddress& server) {
  const FindingCode code = code_of(matter, answer);
  const std::string rcode = code == FindingCode::server_fails ? rcode_text(answer.status) : "";
  Gap& gap = gaps_[{code, rcode}];
  gap.types.insert(answer.type);
  gap.servers.push_back(server);
}

void Gaps::append_to(FindingList& findings) const {
  for (const auto& [reason, gap] : gaps_) {
    const std::vector<std::string> facts = facts_of(reason, gap);
    for (const ServerAddress& server : gap.servers) findings.add(reason.first, server, facts);
  }
}

std::vector<std::string> Gaps::facts_of(const Reason& reason, const Gap& gap) {
  const auto& [code, rcode] = reason;
  if (code == FindingCode::server_silent || code == FindingCode::server_not_permitted) return {};
  std::string types;
  for (auto type = gap.types.begin(); type != gap.types.end(); ++type) {
    if (!types.empty()) types += std::next(type) == gap.types.end() ? " and " : ", ";
    types += dns::to_text(*type);
  }
  if (rcode.empty()) return {types};
  return {types, rcode};
}

}  // namespace dskeeper::rules
