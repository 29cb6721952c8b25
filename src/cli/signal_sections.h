// What must hold of the sections about signals (RFC 9615): [signal] and [[signaling]].
#pragma once

#include "cli/configuration.h"
#include "cli/key.h"

namespace dskeeper::cli {

// Where `serve` is to do it, what the command may be told on its line must stand in [signal].
void check_signal(const Configuration& configuration, unsigned line, FaultList& faults);

void check_signaling(const SignalingSettings& signaling, unsigned line, FaultList& faults);
// Where no parent's policy wants signals, nobody looks for them.
void warn_of_signaling(Configuration& configuration, unsigned line);

}  // namespace dskeeper::cli
