// SPDX-License-Identifier: Apache-2.0
// Fuzzed cases for the fast engine: controllers, and random traffic that leaves gaps.
#pragma once

#include <utility>

#include "tests/support/dram_traffic.h"

namespace npulse::testing {

inline dram::ControllerParams fast_controller(std::uint64_t seed) {
  constexpr std::int64_t kQueues[] = {4, 16, 64, 256};
  dram::ControllerParams controller;
  controller.queue_bursts = kQueues[seed % 4];
  controller.backlog_bursts = 1 << (4 + seed % 5);
  controller.write_response =
      seed % 3 ? dram::WriteResponse::queued : dram::WriteResponse::written;
  return controller;
}

/// Random traffic that leaves gaps, so that deadlines run out in all ways.
inline CompletionLog drive_with_gaps(dram::Channel& channel, std::uint64_t count,
                                     const RequestSource& source, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  CompletionLog log;
  Cycles now{0};
  for (std::uint64_t i = 0; i < count; ++i) {
    if (random() % 16 == 0) now += Cycles{static_cast<std::int64_t>(random() % 700)};
    if (random() % 512 == 0) now += Cycles{static_cast<std::int64_t>(random() % 20'000)};
    channel.advance(now, log);
    while (!channel.can_accept()) channel.advance(now = channel.next_event() + Cycles{32}, log);
    dram::Request request = source(i);
    request.id = i;
    request.arrival = now;
    channel.push(request);
  }
  while (!channel.idle()) channel.advance(channel.next_event() + Cycles{512}, log);
  channel.advance(log.last(), log);
  return log;
}

/// What came of 300 requests: the same with any table, or with none.
inline auto run_fast_case(const dram::ResolvedPart& part, const dram::ControllerParams& controller,
                          std::uint64_t seed, const dram::Memos& memos) {
  const auto source =
      random_traffic(part.params, seed, 1u << seed % 7, static_cast<unsigned>(seed % 5));
  const auto channel = make_fast_channel(part, controller, memos);
  auto entries = drive_with_gaps(*channel, 300, source, seed).entries();
  return std::pair{std::move(entries), channel->counts()};
}

}  // namespace npulse::testing
