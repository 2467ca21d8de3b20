// SPDX-License-Identifier: Apache-2.0
// What a channel is asked for, and what it tells of itself.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "arch/dram/command.h"
#include "arch/dram/power_state.h"
#include "sim/core/units.h"

namespace npulse::dram {

/// Later than everything.
constexpr Cycles kNever{std::numeric_limits<std::int64_t>::max()};

/// A place inside a channel. `bank` counts over ranks, groups and banks of the pseudo-channel.
struct DecodedAddress {
  std::uint8_t pseudo_channel = 0;
  std::uint8_t bank = 0;
  std::uint16_t column = 0;  ///< In bursts.
  std::uint32_t row = 0;
  bool operator==(const DecodedAddress&) const = default;
};

/// Consecutive bursts of one row of a pseudo-channel.
struct RowRun {
  std::uint32_t row = 0;
  std::uint16_t column = 0;
  std::uint16_t bursts = 1;
  std::uint8_t bank = 0;
  bool operator==(const RowRun&) const = default;
};

/// What a request for more than one run looks like, wherever it lies: bank and row of each run XOR
/// those of the request, and columns of their own.
struct Shape {
  explicit Shape(std::vector<RowRun> r)
      : runs{std::move(r)}, one_row{std::all_of(runs.begin(), runs.end(), [this](const RowRun& run) {
          return run.row == runs.front().row;
        })} {}

  std::vector<RowRun> runs;
  bool one_row;               ///< Of each bank, the same everywhere.
  std::uint32_t pattern = 0;  ///< The same for shapes that differ in columns or in their row only.
  bool operator==(const Shape&) const = default;
};

/// `bursts` consecutive bursts of one row, or, with a shape, those of all its runs. Times are ticks
/// of the part's clock. The shape must outlive the request.
struct Request {
  std::uint64_t id = 0;
  DecodedAddress at;
  std::uint16_t bursts = 1;
  bool write = false;
  Cycles arrival{};
  bool first_masked = false, last_masked = false;  ///< Bursts that a write covers partly.
  const Shape* shape = nullptr;

  std::size_t runs() const { return shape ? shape->runs.size() : 1; }
  RowRun run(std::size_t i) const {
    RowRun out{at.row, at.column, bursts, at.bank};
    if (shape) get_run(i, out);
    return out;
  }
  /// With a shape. Into place field by field: a copy of what was just written in pieces stalls the
  /// processor.
  void get_run(std::size_t i, RowRun& out) const {
    const RowRun& r = shape->runs[i];
    out.row = r.row ^ at.row;
    out.column = r.column ^ at.column;
    out.bursts = r.bursts;
    out.bank = r.bank ^ at.bank;
  }
  /// The row of the first run.
  std::uint32_t row() const { return shape ? shape->runs.front().row ^ at.row : at.row; }
  bool one_row() const { return !shape || shape->one_row; }
  bool operator==(const Request&) const = default;
  /// The next burst is written under a mask.
  bool masked() const { return first_masked || (last_masked && bursts == 1); }
};

/// One command as it stood on its bus. A `cas` belongs to the column command one CK later.
struct CommandRecord {
  Cycles at{};
  Command command{};
  std::uint8_t pseudo_channel = 0;
  std::uint8_t bank = 0;     ///< Of commands to one bank.
  std::uint32_t row = 0;     ///< Of act1, act and columns.
  std::uint16_t column = 0;  ///< Of columns.
  Cycles arrival{};          ///< Of the request that a column serves.
};

/// Receives every command of a channel; each pseudo-channel's commands come in order of time.
class CommandObserver {
 public:
  virtual ~CommandObserver() = default;
  virtual void command(const CommandRecord& record) = 0;
};

/// What a channel has done, for statistics and energy.
struct ChannelCounts {
  std::array<std::int64_t, kCommands> commands{};
  std::int64_t row_misses = 0;     ///< Bursts that waited for a closed bank to be opened.
  std::int64_t row_conflicts = 0;  ///< Bursts that waited for another row to be closed first.
  std::int64_t data_ticks = 0;     ///< Ticks of data, summed over pseudo-channels.
  std::array<std::int64_t, kPowerStates>
      state_ticks{};  ///< Over pseudo-channels, until advanced to.
  bool operator==(const ChannelCounts&) const = default;

  std::int64_t of(Command command) const { return commands[index(command)]; }
  std::int64_t reads() const { return of(Command::rd) + of(Command::rda); }
  std::int64_t writes() const {
    return of(Command::wr) + of(Command::wra) + of(Command::mwr) + of(Command::mwra);
  }
  std::int64_t bursts() const { return reads() + writes(); }
  std::int64_t row_hits() const { return bursts() - row_misses - row_conflicts; }
  ChannelCounts& operator+=(const ChannelCounts& other);
  ChannelCounts& operator-=(const ChannelCounts& other);
};

}  // namespace npulse::dram
