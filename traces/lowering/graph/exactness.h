// SPDX-License-Identifier: Apache-2.0
// Which nodes of a lowered graph are right in cost only: in functional runs their values are not
// what the graph says.
#pragma once

#include <map>
#include <string>

#include "traces/lowering/graph/step_builder.h"

namespace npulse::lowering {

/// What makes nodes inexact, and how many of each. `longest_row` is that of build_steps.
std::map<std::string, std::int64_t> inexact_nodes(const StepList& list, std::int64_t longest_row);

}  // namespace npulse::lowering
