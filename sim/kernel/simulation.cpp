// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/simulation.h"

#include <atomic>

#include "sim/core/error.h"

namespace npulse::sim {
namespace {

// Long enough to cost nothing, short enough that Ctrl-C answers at once.
const std::uint64_t kSlicePicoseconds = 1'000'000;

std::atomic<bool> g_alive = false;  // Python threads may try at once

/// SystemC must not abort the interpreter that embeds us, nor print.
void tame_reports() {
  using sc_core::sc_report_handler;
  sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
  sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
  sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
  // The first slice has zero length and may find nothing to do yet.
  sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_, sc_core::SC_DO_NOTHING);
}

Picoseconds current_time() {
  return Picoseconds{static_cast<std::int64_t>(sc_core::sc_time_stamp().value())};
}

}  // namespace

Simulation::Simulation() {
  if (g_alive.exchange(true)) {
    throw SimulationError{
        "another simulation is alive in this process; finish it first, or run in another process"};
  }
  tame_reports();
}

Simulation::~Simulation() {
  while (!modules_.empty()) modules_.pop_back();
  sc_core::sc_get_curr_simcontext()->reset();
  g_alive = false;
}

void Simulation::fail(std::exception_ptr error) {
  if (!error_) error_ = std::move(error);
  sc_core::sc_stop();
}

Picoseconds Simulation::run(const RunControl& control) {
  try {
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    while (!error_ && sc_core::sc_pending_activity()) {
      if (control.poll) control.poll(current_time());
      start_slice();
      if (control.time_limit && current_time() > *control.time_limit) {
        throw SimulationError{"the run passed its limit of " +
                              std::to_string(control.time_limit->count() / 1000) +
                              " ns of simulated time"};
      }
    }
  } catch (const sc_core::sc_report& report) {
    if (!error_) throw InternalError{std::string{"SystemC: "} + report.what()};
  }
  if (error_) std::rethrow_exception(error_);
  check_idle();
  return current_time();
}

void Simulation::start_slice() {
  // A slice shorter than the gap to the next event would spin at the same time for ever.
  const auto gap = sc_core::sc_time_to_pending_activity();
  const auto slice = sc_core::sc_time::from_value(kSlicePicoseconds);
  sc_core::sc_start(gap > slice ? gap : slice, sc_core::SC_EXIT_ON_STARVATION);
}

void Simulation::check_idle() const {
  std::string stuck;
  for (const auto& module : modules_) {
    if (!module->idle()) stuck += std::string{"\n  "} + module->name() + ": " + module->describe_state();
  }
  if (!stuck.empty()) throw DeadlockError{"deadlock: nothing can move any more" + stuck};
}

}  // namespace npulse::sim

// libsystemc needs this symbol although nobody calls it (its own main would).
extern "C" __attribute__((visibility("default"))) int sc_main(int, char**) { return 0; }
