// SPDX-License-Identifier: Apache-2.0
// Commands of a DRAM device and where in its hierarchy a timing rule holds.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "sim/core/enum_names.h"

namespace npulse::dram {

/// `act` opens the row; families with a two-step activate send `act1` before it. `cas` starts WCK.
/// `refpb` refreshes a set of banks; `rda`, `wra` and `mwra` close their row behind them, `mwr` is
/// a masked write. Entry to and exit from power-down are `pde` and `pdx`, self-refresh `sre` and
/// `srx`.
enum class Command : std::uint8_t {
  act1,
  act,
  pre,
  preab,
  refab,
  cas,
  rd,
  wr,
  refpb,
  rda,
  wra,
  mwr,
  mwra,
  pde,
  pdx,
  sre,
  srx,
};
constexpr std::size_t kCommands = 17;
std::span<const EnumName<Command>> enum_names(Command);

constexpr std::size_t index(Command command) {
  return static_cast<std::size_t>(command);
}

constexpr bool is_read(Command c) {
  return c == Command::rd || c == Command::rda;
}
constexpr bool is_write(Command c) {
  return c == Command::wr || c == Command::wra || c == Command::mwr || c == Command::mwra;
}
constexpr bool is_column(Command c) {
  return is_read(c) || is_write(c);
}
constexpr bool closes_row(Command c) {
  return c == Command::rda || c == Command::wra || c == Command::mwra;
}
constexpr Command with_auto_precharge(Command c) {
  return c == Command::rd ? Command::rda : c == Command::wr ? Command::wra : Command::mwra;
}

/// Levels of the hierarchy, inside out. A rank is a chip select of LPDDR and a stack ID of HBM;
/// `other_rank` is every rank of the pseudo-channel but the command's own, `bank_set` the banks
/// that one `refpb` refreshes together.
enum class Scope : std::uint8_t { bank, bank_group, rank, other_rank, pseudo_channel, bank_set };
std::span<const EnumName<Scope>> enum_names(Scope);

/// Command buses of a channel, shared by its pseudo-channels.
enum class Bus : std::uint8_t { row, column };
constexpr std::size_t kBuses = 2;
std::span<const EnumName<Bus>> enum_names(Bus);

/// A set of commands, so that one rule row can speak of several.
class CommandSet {
 public:
  constexpr CommandSet(Command command) : bits_{1u << index(command)} {}
  constexpr CommandSet(std::initializer_list<Command> commands) {
    for (auto c : commands) bits_ |= 1u << index(c);
  }
  constexpr bool contains(Command command) const { return (bits_ >> index(command)) & 1u; }
  constexpr CommandSet operator|(CommandSet other) const {
    CommandSet both = *this;
    both.bits_ |= other.bits_;
    return both;
  }

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace npulse::dram
