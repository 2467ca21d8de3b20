// SPDX-License-Identifier: Apache-2.0
// From the nodes of a graph to steps: what fuses, what is free, what is only traffic.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "traces/lowering/graph/steps.h"

namespace npulse::lowering {

struct StepList {
  graph::Graph graph;                    ///< With tensors between the steps of one node added.
  std::vector<graph::TensorId> storage;  ///< By tensor: the one whose bytes it is (reshapes).
  std::vector<Step> steps;
  std::set<graph::TensorId> images;  ///< Of [n, c, h, w], that lie with channels last.
  /// By kind of operation: nodes of it that are costed as the bytes they read and write.
  std::map<std::string, std::int64_t> opaque;
};

/// What the mask of attention is like: small ones, and those of truth values, are only known where
/// scores stay on the chip.
enum class MaskUse : std::uint8_t { none, any_form, fused_only };

/// Tiles of attention that keeps its scores on the chip; nothing where they go through memory.
using Fuse = std::function<std::optional<FlashTiling>(const AttentionShape& shape, MaskUse mask)>;

/// Tilings are left to choose. `longest_row` is the most elements of a row that is worked on as a
/// whole; longer ones are costed in pieces. The graph has passed graph::check.
StepList build_steps(const graph::Graph& graph, std::int64_t longest_row, const Fuse& fuse);

}  // namespace npulse::lowering
