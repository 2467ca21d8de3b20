// SPDX-License-Identifier: Apache-2.0
// Where a sequencer meets a functional unit (DMA engine, PE array, vector unit): one unit a queue.
#pragma once

#include <cstdint>
#include <string>

#include "arch/ports/activity.h"
#include "isa/instruction.h"
#include "sim/core/units.h"

namespace npulse::arch {

/// The sequencer's handle of an issued instruction.
using Ticket = std::uint64_t;

/// What a unit says of an instruction that has finished.
struct Outcome {
  /// Of the cycles the unit was executing since its previous completion, those in which it did no
  /// work of its own because `stalled_on` held it up (bank conflicts, memory, network).
  Cycles stalled{};
  const char* stalled_on = "";
  Activity activity;
};

/// The sequencer's side.
class UnitListener {
 public:
  virtual ~UnitListener() = default;
  /// `ticket` finished now. A unit finishes in the order of start(): counting events rely on it.
  virtual void completed(Ticket ticket, const Outcome& outcome) = 0;
  /// The unit can take an instruction again.
  virtual void unit_ready() = 0;
};

/// The unit's side. Calls are made at the current simulated time of the SystemC kernel.
class Unit {
 public:
  virtual ~Unit() = default;
  virtual void bind(UnitListener& listener) = 0;
  /// True when start() may be called now.
  virtual bool can_start() const = 0;
  /// Begins to execute; `instruction` is resolved (no loop steps) and is copied if needed later.
  virtual void start(Ticket ticket, const isa::Instruction& instruction) = 0;
  /// What can_start() being false means, e.g. "outstanding" or "array".
  virtual const char* busy_with() const = 0;
};

}  // namespace npulse::arch
