// SPDX-License-Identifier: Apache-2.0
// Runs of the reference engine under the eyes of the judge.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/dram_judge.h"
#include "tests/support/dram_traffic.h"

namespace npulse::testing {

struct Trial {
  std::int64_t faults;
  std::string first;
};

/// Spells of requests and pauses between them, in intervals of all-bank refresh.
struct Rhythm {
  std::uint64_t spell = 1'000'000;
  double pause = 0;
};

/// Runs `engine_part` and judges it by `true_part`.
inline Trial judge(const dram::PartParams& engine_part, const dram::PartParams& true_part,
                   const RequestSource& source, std::uint64_t requests,
                   const dram::ControllerParams& controller = {}, Rhythm rhythm = {}) {
  DramJudge judge{true_part, controller};
  const dram::ResolvedPart part{engine_part};
  const auto channel = dram::make_reference_channel(part, controller, &judge);
  const Cycles pause{
      static_cast<std::int64_t>(rhythm.pause * static_cast<double>(part.t_refi.count()))};
  const CompletionLog log = drive_in_spells(*channel, requests, source, rhythm.spell, pause);
  REQUIRE(log.entries().size() == requests);
  judge.finish(log.last());
  return {judge.fault_count(), judge.faults().empty() ? "" : judge.faults().front()};
}

inline dram::ControllerParams refreshing(dram::RefreshMode mode, std::int64_t postpone = 0,
                                         std::int64_t pull_in = 0) {
  dram::ControllerParams controller;
  controller.refresh = mode;
  controller.refresh_postpone_max = postpone;
  controller.refresh_pull_in_max = pull_in;
  return controller;
}

}  // namespace npulse::testing
