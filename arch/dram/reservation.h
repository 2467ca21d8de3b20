// SPDX-License-Identifier: Apache-2.0
// The earliest times at which a pseudo-channel can do a piece of work, after all it has promised.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "arch/dram/command_grids.h"
#include "arch/dram/request.h"
#include "arch/dram/reservation_timings.h"
#include "arch/dram/slot_ring.h"
#include "arch/dram/state_code.h"

namespace npulse::dram {

/// What a granule finds in its bank: its row, no row, or another row.
enum class RowState : std::uint8_t { hit, closed, conflict };

/// Consecutive bursts of one row, reserved together.
struct Granule {
  std::uint8_t bank = 0;
  std::uint8_t bursts = 1;
  bool write = false;
  RowState row = RowState::hit;
  std::uint32_t row_number = 0;
  /// Ticks from the base until its bank allows: the column of a hit, the precharge of a conflict;
  /// then its activate.
  std::int64_t first_ok = 0, act_ok = 0;
};

/// Where a granule came to lie, in ticks after the base that it was reserved at.
struct Placement {
  std::uint16_t activate = 0;  ///< Of a miss.
  std::uint16_t last_column = 0;
};

/// For the commands' observer.
struct Place {
  std::uint16_t column = 0;
  Cycles arrival{};
};

/// Buses, groups and windows of a pseudo-channel; its banks are the scheduler's. Reserves all
/// commands of a granule at once, none before the base. The base follows the end of the promised
/// data at a distance, so that all older state is dead and what remains is small: encode() gives it
/// as numbers that do not depend on absolute time.
class Reservation {
 public:
  /// `lookahead` is the distance between the base and the end of the promised data, in column
  /// cells.
  Reservation(const ResolvedPart& part, std::uint8_t pseudo_channel, std::int64_t lookahead);

  std::int64_t base_cell() const { return base_; }
  const CommandGrids& grids() const { return grids_; }
  const ReservationTimings& timings() const { return timings_; }
  /// Nothing will be reserved before this cell.
  void advance_base(std::int64_t cell);

  /// The base stays; `observer` may be null.
  Placement reserve(const Granule& granule, CommandObserver* observer, const Place& place);
  /// Moves the base on behind what was reserved.
  void follow();
  /// Closes all banks when `any_open`, and refreshes them, once `quiet` allows; the base moves to
  /// where the first bank can be opened again, and that tick is returned.
  std::int64_t refresh(std::int64_t quiet, bool any_open, CommandObserver* observer);
  /// CAS commands so far.
  std::int64_t syncs() const { return syncs_; }

  /// No rule changes when the bank groups are renamed by an XOR; this one makes a bank's group the
  /// first (of its rank, when the number of ranks is no power of two).
  std::size_t renaming(std::size_t bank) const { return group_of(bank) & rename_mask_; }
  std::size_t group_of(std::size_t bank) const { return bank >> group_shift_; }
  /// Appends all that matters for what is reserved from the base on, groups renamed.
  void encode(StateCode& code, std::size_t renaming) const;
  /// Takes over an encoded state, at base cell `base`.
  void decode(std::span<const std::uint16_t> code, std::int64_t base, std::size_t renaming);

 private:
  struct Group {
    std::int64_t act_ok = 0;
    std::array<std::int64_t, 2> col_ok{};
  };

  std::int64_t base_tick() const { return grids_.column.tick_of(base_); }
  std::int64_t precharge(std::int64_t earliest);
  std::int64_t activate(std::int64_t earliest, Group& group, const Granule& granule);
  std::int64_t place_activate(std::int64_t act_ok);
  std::int64_t place_two_steps(std::int64_t opens_ok, std::int64_t act_ok, const Granule& granule);
  std::int64_t column_floor(const Granule& granule, const Group& group);
  std::int64_t place_columns(const Granule& granule, std::int64_t earliest);
  std::optional<std::int64_t> place_at_once(const Granule& granule, std::int64_t earliest);
  std::int64_t place_column(const Granule& granule, std::int64_t earliest);
  bool sync_before(std::int64_t cell, const Granule& granule);
  bool needs_sync(std::int64_t cell, std::size_t direction) const;
  void promise_data(std::int64_t column, std::size_t direction);
  void follow_column(Group& group, std::size_t direction, std::int64_t tick);
  void tell(Command command, std::int64_t tick, const Granule& granule);

  /// Calls f for every deadline: a tick that is dead once the base has passed it.
  template <class Self, class F>
  static void each_deadline(Self& self, std::size_t renaming, F&& f);

  ReservationTimings timings_;
  CommandGrids grids_;
  std::int64_t lookahead_;
  std::array<int, 2> stride_;    ///< Column cells between bursts of a granule.
  std::array<bool, 2> at_once_;  ///< They need no CAS between them.
  std::uint8_t pseudo_channel_;
  std::size_t group_shift_, rank_shift_;  ///< From a bank to its group and rank.
  std::size_t rename_mask_;

  std::int64_t base_ = 0;    ///< In column cells.
  SlotRing columns_, rows_;  ///< rows_: precharges alone when activates have cells of their own.
  std::vector<Group> groups_;
  std::int64_t opens_ok_ = 0, act_ok_ = 0;
  std::array<std::int64_t, 2> col_ok_{};
  std::array<std::int64_t, 4> window_{};  ///< When the next four activates are free of tFAW.
  std::int64_t synced_until_ = 0;
  std::int64_t other_rank_ok_ = 0;
  std::size_t rank_ = 0;  ///< Of the last column.
  std::int64_t syncs_ = 0;

  CommandObserver* observer_ = nullptr;
  Place place_;
};

}  // namespace npulse::dram
