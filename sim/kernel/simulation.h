// SPDX-License-Identifier: Apache-2.0
// The one owner of the SystemC context: builds, runs and destroys all modules of a run.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "sim/kernel/module.h"

namespace npulse::sim {

/// What the outside may do between two slices of a run.
struct RunControl {
  /// Called between slices with the simulated time; may throw (Interrupted) to stop.
  std::function<void(Picoseconds)> poll;
  std::optional<Picoseconds> time_limit; ///< Simulated time after which the run fails.
};

/// Only one may live at a time in a process (SystemC has one kernel); a second one is refused with
/// SimulationError. Many may live one after another: the destructor frees every module, then resets
/// the kernel.
class Simulation {
 public:
  Simulation();
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Builds a module owned by this simulation; only before run().
  template <class M, class... Args>
  M& make(const char* name, Args&&... args) {
    auto module = std::make_unique<M>(name, *this, std::forward<Args>(args)...);
    M& reference = *module;
    modules_.push_back(std::move(module));
    return reference;
  }

  /// Runs until every module is idle. Throws what a module threw, DeadlockError when nothing moves
  /// and someone is not idle, SimulationError past the time limit. Returns the time of the last event.
  Picoseconds run(const RunControl& control = {});

  const std::vector<std::unique_ptr<Module>>& modules() const { return modules_; }

  /// Keeps the first exception of a module and stops the run.
  void fail(std::exception_ptr error);

 private:
  void start_slice();
  void check_idle() const;

  std::vector<std::unique_ptr<Module>> modules_;
  std::exception_ptr error_;
};

}  // namespace npulse::sim
