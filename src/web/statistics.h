// What staff is shown of whole parent zones, as JSON (web/openapi.json): how things stand, which
// the dashboard is sent whenever it changes; and what changes slowly, each to be asked for.
//
// Errors are the store's.
#pragma once

#include <string>

#include "base/result.h"
#include "store/store.h"
#include "web/settings.h"

namespace dskeeper::web {

// Of every parent zone: children by outcome, findings, queues, breakers, passes.
[[nodiscard]] Result<std::string> statistics_json(store::Store& store, const Settings& settings,
                                                  const Desk& desk);

// So many days up to this one: delegations, changes by kind and end, NOTIFYs, reports.
[[nodiscard]] Result<std::string> days_json(store::Store& store, const dns::Name& parent,
                                            store::Day today, unsigned count);

// The zone by operator; those that are not among the largest as one.
[[nodiscard]] Result<std::string> operators_json(store::Store& store, const dns::Name& parent);

// Who was told of errors (RFC 9567).
[[nodiscard]] Result<std::string> agents_json(store::Store& store, const dns::Name& parent);

}  // namespace dskeeper::web
