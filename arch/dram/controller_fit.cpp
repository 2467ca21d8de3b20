// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/controller_fit.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace npulse::dram {

void check_fit(const ResolvedPart& part, const ControllerParams& controller) {
  Faults faults;
  controller.check(faults, "controller");
  if (controller.refresh == RefreshMode::per_bank && part.refresh_sets == 0) {
    faults.add("controller.refresh",
               fmt::format("per_bank: the timings t_refi_pb and t_rfc_pb of {} are missing, or its "
                           "banks do not go into t_refi / t_refi_pb sets; take all_bank",
                           part.params.name));
  }
  faults.throw_if_any();
}

CommandSet commands_used(const ResolvedPart&, const ControllerParams& controller) {
  using enum Command;
  CommandSet used{act1, act, pre, preab, refab, rd, wr};
  if (controller.refresh == RefreshMode::per_bank) used = used | refpb;
  return used;
}

}  // namespace npulse::dram
