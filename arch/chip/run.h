// SPDX-License-Identifier: Apache-2.0
// The front door of the simulator: a chip and a program in, a report out.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "arch/chip/chip.h"
#include "arch/chip/report.h"
#include "isa/program.h"

namespace npulse::arch {

struct RunOptions {
  std::optional<std::filesystem::path> timeline;  ///< Chrome trace JSON to write.
  std::optional<std::filesystem::path> waveform;  ///< VCD of the queues' states to write.
  std::optional<Picoseconds> time_limit;          ///< Simulated time after which the run fails.
  bool check = true;                              ///< Run the static checker first.
  /// Called now and then while it is checked, then between slices; may throw (Interrupted) to stop.
  std::function<void()> poll;
  /// Called between slices with the share of the planned memory traffic that is done (0 when the
  /// program does not plan) and the simulated time.
  std::function<void(double fraction, Picoseconds time)> progress;
};

/// Throws InputError when the program does not fit the chip or fails the checker, DeadlockError and
/// SimulationError when it fails while running.
Report run(const Chip& chip, const isa::Program& program, const RunOptions& options = {});

}  // namespace npulse::arch
