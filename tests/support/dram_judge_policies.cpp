// SPDX-License-Identifier: Apache-2.0
// The judge's table for what only some controllers do: refreshes of single banks, refreshes put off
// or done ahead, auto-precharge, masked writes, power-down and self-refresh.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tests/support/dram_judge.h"

namespace npulse::testing {

using dram::Command;
using dram::CommandRecord;
using dram::RefreshMode;

std::int64_t DramJudge::sets() const {
  if (controller_.refresh != RefreshMode::per_bank) return 1;
  const double ratio = static_cast<double>(interval(part_.timing.t_refi)) /
                       static_cast<double>(interval(part_.timing.t_refi_pb));
  return std::llround(ratio);
}

bool DramJudge::same_set(const CommandRecord& a, const CommandRecord& b) const {
  return a.bank % sets() == b.bank % sets();
}

DramJudge::PastCommand DramJudge::plain(PastCommand command) {
  if (is_read(command.record.command)) command.record.command = Command::rd;
  if (is_write(command.record.command)) command.record.command = Command::wr;
  return command;
}

std::int64_t DramJudge::least_by_policy(const PastCommand& before, const PastCommand& after) const {
  const Command b = after.record.command;
  const bool masked = b == Command::mwr || b == Command::mwra;
  if (masked && is_write(before.record.command) && before.record.bank == after.record.bank) {
    return clocks(part_.timing.t_ccdmw);
  }
  return least_of_set_refresh(before, after);
}

void DramJudge::auto_precharge(Lane& lane, const CommandRecord& now) {
  // As if a precharge came as soon as one may.
  CommandRecord precharge = now;
  precharge.command = Command::pre;
  const PastCommand after = placed(precharge);
  std::int64_t at = now.at.count();  // of the clock that counts
  const auto wait = [&](const PastCommand& before) {
    const std::int64_t from = before.record.at.count() + lead(before.record.command);
    at = std::max(at, from + least(plain(before), after) * ticks_);
  };
  wait(placed(now));
  for (const PastCommand& before : lane.past) {
    if (before.record.bank == now.bank) wait(before);
  }
  Bank& bank = lane.banks[now.bank];
  bank.open_row.reset();
  bank.ready = at + clocks(part_.timing.t_rp) * ticks_;
}

void DramJudge::check_closed(Lane& lane, const CommandRecord& now) {
  const bool all = now.command == Command::refab || now.command == Command::sre;
  for (const auto& [number, bank] : lane.banks) {
    const bool meant = all || (now.command == Command::refpb ? number % sets() == now.bank % sets()
                                                             : number == now.bank);
    if (meant && now.at.count() + lead(now.command) < bank.ready) {
      fault(now, fmt::format("bank {} precharges itself until {}", number, bank.ready));
    }
  }
}

std::int64_t DramJudge::least_of_set_refresh(const PastCommand& before,
                                             const PastCommand& after) const {
  const auto& t = part_.timing;
  const Command a = before.record.command, b = after.record.command;
  const bool set = same_set(before.record, after.record);
  const std::int64_t spread = before.group == after.group ? clocks(t.t_rrd_l) : clocks(t.t_rrd_s);
  if (b == Command::refpb) {
    if (a == Command::refpb) {
      return std::max({set ? clocks(t.t_rfc_pb) : 0, clocks(t.t_pbr2pbr), clocks(t.t_rrefd)});
    }
    if (a == Command::act) return spread;
    if (a == Command::pre) return set ? clocks(t.t_rp) : 0;
    if (a == Command::preab) return clocks(t.t_rp_ab);
    return a == Command::refab ? clocks(t.t_rfc_ab) : 0;
  }
  if (a != Command::refpb) return 0;
  if (b == Command::act1) return std::max(set ? clocks(t.t_rfc_pb) : 0, clocks(t.t_pbr2act));
  if (b == Command::act) {
    return std::max({set ? clocks(t.t_rfc_pb) : 0, clocks(t.t_pbr2act), clocks(t.t_rrefd)});
  }
  return b == Command::refab ? clocks(t.t_rfc_pb) : 0;
}

std::int64_t DramJudge::interval() const {
  const auto& t = part_.timing;
  return interval(controller_.refresh == RefreshMode::per_bank ? t.t_refi_pb : t.t_refi);
}

std::int64_t DramJudge::interval(const std::optional<dram::TimingValue>& value) const {
  // A limit from above: rounded down to whole clocks.
  const double clock_ns = value->ns * static_cast<double>(part_.rate_mtps) / 1e3 /
                          static_cast<double>(standard_.bits_per_clock);
  return std::max(static_cast<std::int64_t>(std::floor(clock_ns + 1e-6)), value->ck) * ticks_;
}

void DramJudge::check_refresh(Lane& lane, const CommandRecord& now) {
  const bool single = now.command == Command::refpb;
  const bool wanted =
      controller_.refresh == (single ? RefreshMode::per_bank : RefreshMode::all_bank);
  if (!wanted) fault(now, "is not how this controller refreshes");
  for (const auto& [number, bank] : lane.banks) {
    if (bank.open_row && (!single || number % sets() == now.bank % sets())) {
      fault(now, fmt::format("bank {} is open", number));
    }
  }
  check_closed(lane, now);
  ++lane.refreshes;
  const std::int64_t late = now.at.count() - lane.refreshes * interval();
  const std::int64_t step = interval() * sets();
  if (late > controller_.refresh_postpone_max * step + slack()) {
    fault(now, fmt::format("refresh {} is {} ticks late", lane.refreshes, late));
  }
  if (-late > controller_.refresh_pull_in_max * step) {
    fault(now, fmt::format("refresh {} is {} ticks early", lane.refreshes, -late));
  }
  if (!single) return;
  if (!lane.round.insert(now.bank % sets()).second) fault(now, "had its turn in this round");
  if (static_cast<std::int64_t>(lane.round.size()) == sets()) lane.round.clear();
  count_activate(lane, now);
}

std::int64_t DramJudge::slack() const {
  const auto& t = part_.timing;
  // Closing the banks takes a while, and so does a refresh before this one.
  std::int64_t ck =
      clocks(t.t_ras) + clocks(t.wl) + burst_ck_ + clocks(t.t_wr) + clocks(t.t_rp_ab) + 20;
  if (sets() > 1) ck += clocks(t.t_rfc_pb) + clocks(t.t_faw);
  return ck * ticks_;
}

void DramJudge::finish(Cycles end) {
  if (controller_.refresh == RefreshMode::none) return;
  for (const Lane& lane : lanes_) {
    const std::int64_t due = (end.count() - slack()) / interval();
    const std::int64_t wanted = due - controller_.refresh_postpone_max * sets() - 1;
    if (lane.refreshes < wanted) {
      fault({}, fmt::format("{} refreshes by tick {}, {} are needed", lane.refreshes, end.count(),
                            wanted));
    }
  }
}

}  // namespace npulse::testing
