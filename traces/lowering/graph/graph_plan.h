// SPDX-License-Identifier: Apache-2.0
// A graph made ready to be written: its steps with tilings, where everything lies in memory, and
// the events that order it.
#pragma once

#include <functional>
#include <set>

#include "traces/lowering/events.h"
#include "traces/lowering/flash_attention.h"
#include "traces/lowering/graph/step_builder.h"
#include "traces/lowering/mapping.h"

namespace npulse::lowering {

/// One of two slots of an operand. Who fills it waits for `free` and signals `full`; who works on
/// it in place signals `done`; its last user signals `free`.
struct Buffer {
  Address address = 0;
  isa::EventId full = 0, done = 0, free = 0;
};

/// Slots of the scratchpad, then of the accumulators.
enum class BufferKind : std::uint8_t { input, weights, extra, result };
constexpr std::size_t kBufferKinds = 4;

using BufferPair = std::array<Buffer, ContractionTiling::kSlots>;

/// Constants of one step that lie by themselves.
struct StepConstants {
  Address weights = 0;
  std::vector<Address> row_vectors;  ///< By operation of ContractionStep::then; 0: none.
};

/// Picks the tiling of a contraction; the default is tile_contraction().
using TilingRule =
    std::function<ContractionTiling(const ContractionStep& step, const std::string& region)>;

/// Types of a step's operands: weights that are activations have their type.
Formats formats_of(const ContractionStep& step, const Formats& formats);

struct GraphPlan {
  /// Tilings are those of `rule`, or the fastest by estimate that do as `mapping` says.
  GraphPlan(const graph::Graph& graph, const Formats& formats, const Target& target,
            const TilingRule& rule, AttentionForm attention, const std::optional<Mapping>& mapping);
  /// With the tilings that the steps have.
  GraphPlan(StepList steps, const Formats& formats, const Target& target);

  Address address(graph::TensorId tensor) const { return addresses[steps.storage[tensor]]; }
  /// Whether a step reads or writes it.
  bool placed(graph::TensorId tensor) const { return touched.contains(steps.storage[tensor]); }
  isa::DataType type_of(graph::TensorId tensor) const;
  Formats formats_of(const ContractionStep& step) const {
    return lowering::formats_of(step, formats);
  }
  AttentionJob attention_job(const AttentionShape& shape, bool masks) const {
    return {shape, formats, target, target.cores, masks};
  }

  Formats formats;
  Target target;
  StepList steps;
  Mapping choices;                       ///< Of every contraction.
  std::vector<Address> addresses;        ///< By tensor; of those that no step touches 0.
  std::set<graph::TensorId> touched;     ///< Those with an address.
  std::vector<StepConstants> constants;  ///< By step.
  EventTable events;
  std::array<BufferPair, kBufferKinds> buffers;
  std::vector<FlashRings> flash_rings;  ///< Of fused attention, one of each shape.
  isa::EventId stored = 0;              ///< Chip-wide: a tensor's piece is in memory.
  std::map<std::string, std::int64_t>
      inexact;  ///< Nodes right in cost only, by what makes them so.
  std::int64_t macs = 0;
  Bytes weight_bytes{};
  Bytes kept_bytes{};  ///< Of tensors that stay in scratchpads.

 private:
  void tile(const TilingRule& rule, const std::optional<Mapping>& mapping);
  void lay_out();
};

}  // namespace npulse::lowering
