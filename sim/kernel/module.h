// SPDX-License-Identifier: Apache-2.0
// Base of every block on the chip's diagram: one process, one wake event, no clock.
#pragma once

#include <systemc>

#include <optional>
#include <string>

#include "sim/core/clock_domain.h"
#include "sim/core/stats.h"

namespace npulse::sim {

class Simulation;

/// Sleeps until woken; `step` then does all that is due. What `step` throws leaves Simulation::run typed.
class Module : public sc_core::sc_module {
 public:
  Module(const sc_core::sc_module_name& name, Simulation& simulation, const ClockDomain& clock);

  /// True when the block has nothing left to do; a run ends when all are idle.
  virtual bool idle() const = 0;
  /// One line for the deadlock report: what it holds and what it waits for.
  virtual std::string describe_state() const = 0;
  /// The block's statistics, or nullptr.
  virtual const StatGroup* stats() const { return nullptr; }

 protected:
  virtual void step() = 0;

  const ClockDomain& clock() const { return clock_; }
  /// Current time; the current cycle is the first that begins at or after it.
  Picoseconds time() const;
  Cycles now() const { return clock_.first_at_or_after(time()); }
  /// Makes `step` run no later than `at` (now, if that has passed).
  void wake_at(Cycles at) { wake_at(clock_.time_of(at)); }
  void wake_at(Picoseconds at);

 private:
  void guarded_step();

  Simulation& simulation_;
  ClockDomain clock_;
  sc_core::sc_event wake_event_;
  std::optional<Picoseconds> pending_;
};

}  // namespace npulse::sim
