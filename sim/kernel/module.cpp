// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/module.h"

#include <algorithm>

#include "sim/kernel/simulation.h"

namespace npulse::sim {

Module::Module(const sc_core::sc_module_name& name, Simulation& simulation, const ClockDomain& clock)
    : sc_module{name}, simulation_{simulation}, clock_{clock} {
  sc_core::sc_spawn_options options;
  options.spawn_method();
  options.dont_initialize();
  options.set_sensitivity(&wake_event_);
  sc_core::sc_spawn([this] { guarded_step(); }, "step", &options);
}

Picoseconds Module::time() const {
  return Picoseconds{static_cast<std::int64_t>(sc_core::sc_time_stamp().value())};
}

void Module::wake_at(Picoseconds at) {
  at = std::max(at, time());
  if (pending_ && *pending_ <= at) return;
  pending_ = at;
  wake_event_.cancel();
  const auto delay = static_cast<std::uint64_t>((at - time()).count());
  wake_event_.notify(sc_core::sc_time::from_value(delay));
}

void Module::guarded_step() {
  pending_.reset();
  try {
    step();
  } catch (...) {
    simulation_.fail(std::current_exception());
  }
}

}  // namespace npulse::sim
