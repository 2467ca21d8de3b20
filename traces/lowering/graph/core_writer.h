// SPDX-License-Identifier: Apache-2.0
// One core's instructions of a graph: its slots, what lies in them, and when they may be filled.
#pragma once

#include "traces/lowering/emitter.h"
#include "traces/lowering/graph/graph_plan.h"
#include "traces/lowering/instructions.h"

namespace npulse::lowering {

/// What lies in a slot: numbers that name a tile of one step's operand.
using TileKey = std::array<std::int64_t, 4>;

/// Two slots used in turn.
class SlotPair {
 public:
  void place(const BufferPair& buffers, Address base, Bytes slot_bytes);

  /// The slot that holds `key`, if one does.
  const Buffer* find(const TileKey& key) const;
  /// The next slot in turn; it then holds `key`.
  const Buffer& take(const TileKey& key = {});

 private:
  BufferPair buffers_{};
  std::array<std::optional<TileKey>, ContractionTiling::kSlots> held_;
  std::size_t next_ = 0;
};

class CoreWriter {
 public:
  CoreWriter(const GraphPlan& plan, Emitter& emitter) : plan_{plan}, emitter_{emitter} {}

  const GraphPlan& plan() const { return plan_; }
  std::uint32_t core() const { return emitter_.core(); }
  SlotPair& slots(BufferKind kind) { return slots_[static_cast<std::size_t>(kind)]; }

  /// Begins a step: slots of new sizes, which nothing fills before those of the last step are free.
  void begin(std::string_view region, const TileBytes& bytes);
  /// Every core ends every step, in the same order.
  void end() { emitter_.end_round(plan_.stored); }

  /// Fetches into `slot`; `made` says that a step writes what is read.
  void load(Role role, const Buffer& slot, const isa::Dma& dma, bool made, Events also = {});
  /// Writes a tensor to memory from `slot`, of which it is the last use.
  void store(const isa::Dma& dma, isa::EventId ready, const Buffer& slot);
  void put(Role role, isa::Operation operation, const Events& waits, const Events& signals) {
    emitter_.put(role, std::move(operation), waits, signals);
  }

 private:
  const GraphPlan& plan_;
  Emitter& emitter_;
  std::array<SlotPair, kBufferKinds> slots_;
  std::array<bool, kRoles> fresh_{};  ///< Nothing of the step was loaded in that role.
};

}  // namespace npulse::lowering
