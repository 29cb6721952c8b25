// What staff may see and do, as JSON: lists of cases, journals, evidence, changes, statistics, and
// the operator's acts (contract.md, "Commands"). web/openapi.json describes it.
//
// An act is written for whoever holds the parent's lease, who obeys it before its next send; so the
// answer to it is "accepted". One thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "http/front_door.h"
#include "model/act.h"
#include "store/store.h"
#include "web/settings.h"

namespace dskeeper::web {

class StaffApi {
 public:
  // Durable when it returns.
  using AddAct = std::function<Result<std::uint64_t>(const Act&)>;

  // All must outlive it.
  StaffApi(const Settings& settings, store::Store& store, const Desk& desk, AddAct add_act,
           const Clock& clock)
      : settings_(settings),
        store_(store),
        desk_(desk),
        add_act_(std::move(add_act)),
        clock_(clock) {}

  // The handlers refer to it.
  [[nodiscard]] std::vector<http::Route> routes();

 private:
  using Answer = Result<http::Response>;  // an error is the store's
  using Method = Answer (StaffApi::*)(const http::Request&, const http::Parameters&);
  [[nodiscard]] http::Handler handler(Method method);

  [[nodiscard]] Answer cases(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer history(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer evidence_list(const http::Request& request,
                                     const http::Parameters& parameters);
  [[nodiscard]] Answer evidence(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer changes(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer statistics(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer days(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer operators(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer agents(const http::Request& request, const http::Parameters& parameters);
  // Server-sent events: the statistics again and again.
  [[nodiscard]] Answer events(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer suspend(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer resume(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer approve(const http::Request& request, const http::Parameters& parameters);
  [[nodiscard]] Answer resume_breaker(const http::Request& request,
                                      const http::Parameters& parameters);

  [[nodiscard]] Act act_of(const http::Request& request, ActKind kind, const dns::Name& parent,
                           const dns::Name& child) const;
  [[nodiscard]] Answer hand_over(const Act& act);

  const Settings& settings_;
  store::Store& store_;
  const Desk& desk_;
  AddAct add_act_;
  const Clock& clock_;
};

}  // namespace dskeeper::web
