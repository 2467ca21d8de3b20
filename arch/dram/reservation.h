// SPDX-License-Identifier: Apache-2.0
// The earliest times at which a pseudo-channel can do a piece of work, after all it has promised.
#pragma once

#include <array>
#include <vector>

#include "arch/dram/request.h"
#include "arch/dram/reservation_timings.h"
#include "arch/dram/slot_ring.h"

namespace npulse::dram {

/// What a piece finds in its bank: its row, no row, or another row.
enum class RowState : std::uint8_t { hit, closed, conflict };

/// Consecutive bursts of one row, reserved together.
struct Granule {
  std::uint8_t bank = 0;
  std::uint8_t bursts = 1;
  bool write = false;
  RowState row = RowState::hit;
};

/// Where a piece came to lie, in ticks after the base that it was reserved at.
struct Placement {
  std::uint16_t base_step = 0;  ///< By how many column cells the base moves on.
  std::uint16_t data_end = 0;
  std::uint16_t last_column = 0;
  std::uint16_t precharge_ok = 0;  ///< Of its bank.
  std::uint16_t syncs = 0;         ///< CAS commands.
};

/// Reserves every command of a piece at once, none before the base. The base follows the end of the
/// promised data at a distance, so that all older state is dead and what remains is small: encode()
/// gives it as numbers that do not depend on absolute time.
class Reservation {
 public:
  /// `lookahead` is the distance between the base and the end of the promised data, in column cells.
  Reservation(const ResolvedPart& part, std::uint8_t pseudo_channel, std::int64_t lookahead);

  Cycles base() const { return Cycles{grids_.column.tick_of(base_)}; }
  std::int64_t base_cell() const { return base_; }
  const CommandGrids& grids() const { return grids_; }
  const ReservationTimings& timings() const { return timings_; }
  /// Nothing will be reserved before `tick`.
  void advance_base(Cycles tick);

  /// `row` and `column` are for `observer` only, which may be null.
  Placement reserve(const Granule& granule, CommandObserver* observer, std::uint32_t row,
                    std::uint16_t column);
  /// Closes all banks and refreshes them, not before `due`; the base moves behind it.
  Cycles refresh(Cycles due, bool any_open, CommandObserver* observer);

  using Code = std::vector<std::uint16_t>;
  /// Appends all that matters for what is reserved from the base on. Bank b stands where b XOR
  /// `anchor` would: no rule changes when all banks are renamed so.
  void encode(Code& code, std::size_t anchor) const;
  /// Takes over an encoded state, at base cell `base`.
  void decode(const Code& code, std::int64_t base, std::size_t anchor);

 private:
  struct Bank {
    std::int64_t act_ok = 0, pre_ok = 0;
    std::array<std::int64_t, 2> col_ok{};
  };
  struct Group {
    std::int64_t act_ok = 0;
    std::array<std::int64_t, 2> col_ok{};
  };

  void move_base(std::int64_t cell);
  std::int64_t base_tick() const { return grids_.column.tick_of(base_); }
  std::int64_t precharge(Bank& bank);
  std::int64_t activate(Bank& bank, Group& group);
  std::int64_t place_activate(std::int64_t opens_ok, std::int64_t act_ok);
  std::int64_t place_two_steps(std::int64_t opens_ok, std::int64_t act_ok);
  std::int64_t place_column(std::int64_t earliest, std::size_t direction);
  bool sync_before(std::int64_t cell, std::size_t direction);
  bool needs_sync(std::int64_t cell, std::size_t direction) const;
  void follow_column(Bank& bank, Group& group, std::size_t direction, std::int64_t tick);
  void tell(Command command, std::int64_t tick, const Granule& granule);

  /// Calls f for every deadline: a tick that is dead once the base has passed it.
  template <class Self, class F>
  static void each_deadline(Self& self, std::size_t anchor, F&& f);

  ReservationTimings timings_;
  CommandGrids grids_;
  std::int64_t lookahead_;
  std::uint8_t pseudo_channel_;
  std::size_t group_banks_, rank_banks_;

  std::int64_t base_ = 0;  ///< In column cells.
  SlotRing columns_, rows_;  ///< rows_: precharges alone when activates have cells of their own.
  std::vector<Bank> banks_;
  std::vector<Group> groups_;
  std::int64_t opens_ok_ = 0, act_ok_ = 0;
  std::array<std::int64_t, 2> col_ok_{};
  std::array<std::int64_t, 4> window_{};  ///< When the next four activates are free of tFAW.
  std::int64_t synced_until_ = 0;
  std::int64_t other_rank_ok_ = 0;
  std::size_t rank_ = 0;  ///< Of the last column.

  CommandObserver* observer_ = nullptr;
  std::uint32_t row_ = 0;
  std::uint16_t column_ = 0;
  std::int64_t act1_tick_ = 0, cas_tick_ = 0;
  std::uint16_t syncs_ = 0;
};

}  // namespace npulse::dram
