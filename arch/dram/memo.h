// SPDX-License-Identifier: Apache-2.0
// Remembers what reserving a piece does to a state, so that it is worked out only once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "arch/dram/reservation.h"

namespace npulse::dram {

/// Encoded states by number, and for each (state, step) what it leads to. Shared by all channels of a
/// memory; full tables take nothing more in, so that memory is bounded.
class MemoTable {
 public:
  using StateId = std::uint32_t;

  struct Step {
    StateId next = 0;
    Placement placement;
  };

  MemoTable();

  /// The state's number; nothing when the table is full.
  std::optional<StateId> intern(const Reservation::Code& code);
  const Reservation::Code& state(StateId id) const { return *states_[id]; }

  const Step* find(StateId state, std::uint32_t step) const;
  void insert(StateId state, std::uint32_t step, const Step& result);

 private:
  struct Slot {
    std::uint64_t key = 0;  ///< 0: free.
    Step step;
  };
  struct Hash {
    std::size_t operator()(const Reservation::Code& code) const;
  };
  static std::uint64_t key_of(StateId state, std::uint32_t step) {
    return (std::uint64_t{state} + 1) << 32 | step;
  }
  std::size_t first_slot(std::uint64_t key) const {
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15u) >> shift_);
  }
  void grow();

  std::unordered_map<Reservation::Code, StateId, Hash> ids_;
  std::vector<const Reservation::Code*> states_;
  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  int shift_;
};

/// A reservation that looks into a table first. What it answers does not depend on the table.
class MemoizedReservation {
 public:
  MemoizedReservation(const ResolvedPart& part, std::uint8_t pseudo_channel,
                      std::int64_t lookahead, MemoTable* table);

  Cycles base() const { return Cycles{grid_.tick_of(base_)}; }
  const Reservation& live() const { return live_; }
  void advance_base(Cycles tick);
  Placement reserve(const Granule& granule);
  Placement reserve(const Granule& granule, CommandObserver& observer, std::uint32_t row,
                    std::uint16_t column);
  void refresh(Cycles due, bool any_open, CommandObserver* observer);

 private:
  /// Makes live_ the current state.
  void materialise();
  /// Finds the number of the state that live_ is in, when it is worth it.
  void settle();
  Placement reserve_live(const Granule& granule, CommandObserver* observer, std::uint32_t row,
                         std::uint16_t column);

  Reservation live_;
  TickGrid grid_;
  MemoTable* table_;
  std::int64_t base_ = 0;
  std::int64_t behind_ = 0;                   ///< Cells that the base moved since state_.
  std::optional<MemoTable::StateId> state_;   ///< Known by number; else live_ is current.
  std::size_t anchor_ = 0;                    ///< The bank used last, which states are relative to.
  bool live_current_ = true;
  std::int64_t credit_;
  std::int64_t pause_ = 0;  ///< Pieces for which the table is not asked.
  Reservation::Code code_;
};

}  // namespace npulse::dram
