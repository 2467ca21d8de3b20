// SPDX-License-Identifier: Apache-2.0
// Commands of a DRAM device and where in its hierarchy a timing rule holds.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "sim/core/enum_names.h"

namespace npulse::dram {

/// `act` opens the row; families with a two-step activate send `act1` before it. `cas` starts WCK.
enum class Command : std::uint8_t { act1, act, pre, preab, refab, cas, rd, wr };
constexpr std::size_t kCommands = 8;
std::span<const EnumName<Command>> enum_names(Command);

constexpr std::size_t index(Command command) {
  return static_cast<std::size_t>(command);
}

/// Levels of the hierarchy, inside out. A rank is a chip select of LPDDR and a stack ID of HBM;
/// `other_rank` is every rank of the pseudo-channel but the command's own.
enum class Scope : std::uint8_t { bank, bank_group, rank, other_rank, pseudo_channel };
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

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace npulse::dram
