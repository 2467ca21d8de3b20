// SPDX-License-Identifier: Apache-2.0
// The tensor table of a lowered graph.
#pragma once

#include "traces/lowering/graph/graph_plan.h"

namespace npulse::lowering {

/// Inputs and outputs of the graph (images as [n, h, w, c]), weights as [taps, channels in of a
/// group, channels out], of matrices as [k, n], vectors a channel and other constants.
std::vector<isa::TensorDecl> tensors_of(const GraphPlan& plan);

}  // namespace npulse::lowering
