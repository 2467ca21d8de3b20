// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/controller_fit.h"

#include <fmt/format.h>

#include "arch/dram/timing_lookup.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

/// So that where four granules come to lie fits the 16 bits of a Placement.
constexpr std::int64_t kLongestTicks = 4096;

void check_fast_timings(const ResolvedPart& part, Faults& faults) {
  for (const auto& [name, value] : list_timings(part.params.timing)) {
    // Refreshes are reserved in absolute time; the optional ones are not the fast engine's.
    if (!value || name == "t_refi" || name == "t_rfc_ab" || is_optional_timing(name)) continue;
    const std::int64_t ticks = part.ticks(name).count();
    if (ticks <= kLongestTicks) continue;
    faults.add(fmt::format("part.timing.{}", name),
               fmt::format("{} ticks; the fast engine counts to {}; take `memory.engine: "
                           "reference` (--memory-engine reference)",
                           ticks, kLongestTicks));
  }
}

}  // namespace

const ControllerParams& check_fit(const ResolvedPart& part, const ControllerParams& controller) {
  Faults faults;
  controller.check(faults, "controller");
  if (controller.refresh == RefreshMode::per_bank && part.refresh_sets == 0) {
    faults.add("controller.refresh",
               fmt::format("per_bank: the timings t_refi_pb and t_rfc_pb of {} are missing, or its "
                           "banks do not go into t_refi / t_refi_pb sets; take all_bank",
                           part.params.name));
  }
  const auto need = [&](bool wanted, const char* parameter, const char* timings) {
    if (!wanted || part.has(timings)) return;
    faults.add(parameter,
               fmt::format("{} lacks one of its timings: {}", part.params.name, timings));
  };
  need(controller.power_down_idle_ns.has_value(), "controller.power_down_idle_ns",
       "t_xp + t_cke + t_cmdcke");
  need(controller.self_refresh_idle_ns.has_value(), "controller.self_refresh_idle_ns",
       "t_xsr + t_sr + t_cmdcke");
  faults.throw_if_any();
  return controller;
}

void check_fast_fit(const ResolvedPart& part, const ControllerParams& controller) {
  Faults faults;
  check_fast_timings(part, faults);
  const auto refuse = [&](bool asked, const char* parameter) {
    if (!asked) return;
    faults.add(fmt::format("controller.{}", parameter),
               "the fast engine does not model this; take `memory.engine: reference` "
               "(--memory-engine reference)");
  };
  refuse(controller.row_hit_cap.has_value(), "row_hit_cap");
  refuse(controller.page_policy != PagePolicy::open, "page_policy");
  refuse(controller.refresh == RefreshMode::per_bank, "refresh");
  refuse(controller.refresh_postpone_max > 0, "refresh_postpone_max");
  refuse(controller.refresh_pull_in_max > 0, "refresh_pull_in_max");
  refuse(controller.power_down_idle_ns.has_value(), "power_down_idle_ns");
  refuse(controller.self_refresh_idle_ns.has_value(), "self_refresh_idle_ns");
  faults.throw_if_any();
}

CommandSet commands_used(const ResolvedPart& part, const ControllerParams& controller) {
  using enum Command;
  CommandSet used{act1, act, pre, preab, refab, rd, wr};
  if (controller.refresh == RefreshMode::per_bank) used = used | refpb;
  if (part.params.partial_write == PartialWrite::masked_write) used = used | mwr;
  if (controller.power_down_idle_ns) used = used | CommandSet{pde, pdx, cas};
  if (controller.self_refresh_idle_ns) used = used | CommandSet{sre, srx, cas};
  return used;
}

}  // namespace npulse::dram
