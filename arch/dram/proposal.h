// SPDX-License-Identifier: Apache-2.0
// What a pseudo-channel would send next.
#pragma once

#include "arch/dram/command.h"
#include "arch/dram/refresh_scheduler.h"

namespace npulse::dram {

/// A command that may go at `at`. The earliest goes first, then by urgency, then the oldest.
struct Proposal {
  enum Urgency : std::uint8_t { overdue, seamless, second_activate, column, row, housekeeping };

  Cycles at = kNever;
  Urgency urgency = row;
  Command command{};
  std::uint8_t bank = 0;
  bool sync = false;  ///< `cas` goes at `at`, the command itself one CK later.
  std::uint64_t age = 0;

  bool before(const Proposal& other) const {
    if (at != other.at) return at < other.at;
    return urgency != other.urgency ? urgency < other.urgency : age < other.age;
  }
};

}  // namespace npulse::dram
