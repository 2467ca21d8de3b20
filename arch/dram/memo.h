// SPDX-License-Identifier: Apache-2.0
// Remembers what reserving a batch of granules does to a state, so that it is worked out only once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "arch/dram/granule.h"
#include "arch/dram/key_table.h"
#include "arch/dram/reservation.h"

namespace npulse::dram {

/// Where the granules of a batch came to lie, from the base before it, and how the base moved.
struct BatchPlacement {
  std::array<Placement, kBatch> granules{};
  std::uint16_t base_step = 0;  ///< In column cells.
  std::uint16_t syncs = 0;      ///< CAS commands.
};

/// Encoded states by number, and for each (state, batch) what it leads to. Shared by all channels
/// of a memory; full tables take nothing more in, so that memory is bounded. What takes in is
/// virtual, so that a test can forget a part of states and keys; find() is not, because it is fast.
class MemoTable {
 public:
  using StateId = std::uint32_t;

  /// A state and all that sets a batch apart.
  using Key = TableKey;
  struct Step {
    StateId next = 0;
    BatchPlacement placement;
  };

  MemoTable() = default;
  virtual ~MemoTable() = default;
  MemoTable(const MemoTable&) = delete;
  MemoTable& operator=(const MemoTable&) = delete;

  /// The state's number; nothing when the table is full.
  virtual std::optional<StateId> intern(const StateCode& code);
  const StateCode& state(StateId id) const { return *states_[id]; }

  const Step* find(const Key& key) const { return steps_.find(key); }
  virtual void insert(const Key& key, const Step& result);
  std::size_t states() const { return states_.size(); }
  std::size_t steps() const { return steps_.size(); }

 private:
  std::unordered_map<StateCode, StateId, StateCodeHash> ids_;
  std::vector<const StateCode*> states_;
  KeyTable<Step> steps_;
};

/// A reservation that looks into a table first. What it answers does not depend on the table.
class MemoizedReservation {
 public:
  /// `table` may be null.
  MemoizedReservation(const ResolvedPart& part, std::uint8_t pseudo_channel, std::int64_t lookahead,
                      MemoTable* table);

  Cycles base() const { return Cycles{grid_.tick_of(base_)}; }
  void advance_base(Cycles tick);
  /// Up to kBatch granules, one after another.
  BatchPlacement reserve(std::span<const Granule> batch);
  BatchPlacement reserve(std::span<const Granule> batch, CommandObserver& observer,
                         std::span<const Place> places);
  std::int64_t refresh(std::int64_t quiet, bool any_open, CommandObserver* observer);
  /// Appends all that matters for what is reserved from the base on.
  void encode(StateCode& code);
  /// Takes that over, at base cell `base`.
  void decode(std::span<const std::uint16_t> code, std::int64_t base);
  std::int64_t base_cell() const { return base_; }
  std::int64_t tick_of(std::int64_t cell) const { return grid_.tick_of(cell); }
  /// Whether both answer the same from here on.
  bool in_step_with(const MemoizedReservation& other) const;

 private:
  /// Makes live_ the current state.
  void materialise();
  /// Finds the number of the state that live_ is in.
  void settle();
  /// The table's key for a batch in the current state; nothing when a figure is too large for it.
  std::optional<MemoTable::Key> key_of(std::span<const Granule> batch) const;
  BatchPlacement reserve_live(std::span<const Granule> batch, CommandObserver* observer,
                              std::span<const Place> places);

  Reservation live_;
  TickGrid grid_;
  MemoTable* table_;
  std::int64_t base_ = 0;
  std::int64_t behind_ = 0;                  ///< Cells that the base moved since state_.
  std::optional<MemoTable::StateId> state_;  ///< Known by number; else live_ is current.
  std::size_t renaming_ = 0;                 ///< Of bank groups, that states are coded with.
  bool live_current_ = true;
  std::int64_t credit_;
  std::int64_t pause_ = 0;  ///< Batches for which the table is not asked.
  StateCode code_;
};

}  // namespace npulse::dram
