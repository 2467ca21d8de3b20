// SPDX-License-Identifier: Apache-2.0
// From a graph and a chip to a program.
#pragma once

#include <map>

#include "traces/lowering/graph/graph_plan.h"

namespace npulse::lowering {

struct GraphOptions {
  std::optional<WeightFormat> weights;       ///< Absent: as the graph's, if the chip has the type.
  std::optional<isa::DataType> activations;  ///< Absent: as the weights.
  std::optional<isa::DataType> results;      ///< Of a graph of one node; absent: as activations.
  TilingRule tiling;                         ///< Absent: the fastest by estimate.
  AttentionForm attention = AttentionForm::automatic;
  std::optional<Mapping> mapping;  ///< What the user wants of tiles.
};

/// What lowering could not do as the graph says, and what it chose.
struct GraphNotes {
  std::map<std::string, std::int64_t> opaque;  ///< Costed as traffic: nodes by kind.
  Mapping choices;                             ///< Made of tiles, for every layer that has some.
};

/// What a user should know of the notes, one line each.
std::vector<std::string> warnings_of(const GraphNotes& notes);

/// Element types of everything. Throws InputError when graph, options and chip do not go together.
Formats formats_for(const graph::Graph& graph, const GraphOptions& options, const Target& target);

/// The program of steps by themselves, with the tilings that they have.
void lower_steps(StepList steps, const Formats& formats, const Target& target,
                 isa::ProgramSink& sink);

/// Writes a program of explicit events for `target` that runs `graph` once; each node is a named
/// region. Activations have one type; images lie with channels last. The graph must have passed
/// graph::check. Throws InputError when graph, options and chip do not go together.
GraphNotes lower(const graph::Graph& graph, const GraphOptions& options, const Target& target,
                 isa::ProgramSink& sink);

}  // namespace npulse::lowering
