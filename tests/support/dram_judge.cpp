// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dram_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace npulse::testing {

using dram::Command;
using dram::CommandRecord;

DramJudge::DramJudge(const dram::PartParams& part, const dram::ControllerParams& controller)
    : part_{part},
      controller_{controller},
      half_clocks_{part.family == dram::Family::hbm3 ? 2 : 1},
      burst_ck_{part.organisation.burst_length / (part.family == dram::Family::hbm3 ? 4 : 8)},
      lanes_(static_cast<std::size_t>(part.organisation.pseudo_channels)) {
  const auto& t = part_.timing;
  longest_ck_ = clocks(t.t_rfc_ab) + clocks(t.t_ras) + clocks(t.t_rp_ab) + clocks(t.t_wr) + 100;
}

std::int64_t DramJudge::clocks(const std::optional<dram::TimingValue>& value) const {
  if (!value) return 0;
  const std::int64_t bits_per_clock = lpddr() ? 8 : 4;
  const std::int64_t femtoseconds = std::llround(value->ns * 1e6);
  // 1 CK = bits / rate: femtoseconds * rate (in bits a second) / 1e15 / bits.
  const std::int64_t numerator = femtoseconds / 1000 * part_.rate_mtps;
  const std::int64_t denominator = bits_per_clock * 1'000'000;
  return std::max((numerator + denominator - 1) / denominator, value->ck);
}

void DramJudge::fault(const CommandRecord& now, const std::string& what) {
  ++fault_count_;
  if (faults_.size() >= 10) return;
  faults_.push_back(fmt::format("tick {}: {} pc {} bank {} row {}: {}", now.at.count(),
                                to_string(now.command), now.pseudo_channel, now.bank, now.row,
                                what));
}

DramJudge::PastCommand DramJudge::placed(const CommandRecord& record) const {
  const auto& o = part_.organisation;
  return {record, static_cast<int>(record.bank / o.banks),
          static_cast<int>(record.bank / (o.banks * o.bank_groups))};
}

void DramJudge::command(const CommandRecord& record) {
  ++commands_;
  Lane& lane = lanes_.at(record.pseudo_channel);
  const PastCommand now = placed(record);
  if (record.at.count() < lane.last) fault(record, "goes back in time");
  lane.last = record.at.count();
  check_bus(record);
  check_spacing(lane, now);
  check_state(lane, record);
  lane.past.push_back(now);
  const std::int64_t horizon = record.at.count() - longest_ck_ * half_clocks_;
  while (lane.past.front().record.at.count() < horizon) lane.past.pop_front();
}

void DramJudge::check_bus(const CommandRecord& now) {
  const bool column = is_column(now.command);
  std::int64_t length = 1, edge = 1;
  if (!lpddr() && now.command == Command::act) length = 3, edge = 2;
  if (!lpddr() && column) length = 2, edge = 2;
  std::int64_t& free = bus_free_[!lpddr() && column];
  if (now.at.count() < free) fault(now, fmt::format("the command bus is taken until {}", free));
  if (now.at.count() % edge) fault(now, "begins on a falling edge");
  free = now.at.count() + length;
}

void DramJudge::check_spacing(Lane& lane, const PastCommand& now) {
  for (const PastCommand& before : lane.past) {
    const std::int64_t wanted =
        std::max(least(plain(before), plain(now)), least_by_policy(before, now)) * half_clocks_;
    const std::int64_t distance = (now.record.at - before.record.at).count();
    if (distance < wanted) {
      fault(now.record, fmt::format("{} ticks after {} of bank {}, {} are needed", distance,
                                    to_string(before.record.command), before.record.bank, wanted));
    }
  }
}

std::int64_t DramJudge::least(const PastCommand& before, const PastCommand& after) const {
  const auto& t = part_.timing;
  const Command a = before.record.command, b = after.record.command;
  const bool bank = before.record.bank == after.record.bank;
  const bool group = before.group == after.group;
  const bool closes = b == Command::preab || (b == Command::pre && bank);
  if (closes && a == Command::act) return clocks(t.t_ras);
  if (closes && a == Command::rd) return clocks(t.t_rtp);
  if (closes && a == Command::wr) return clocks(t.wl) + burst_ck_ + clocks(t.t_wr);
  const bool precharge_a = a == Command::pre || a == Command::preab;
  const bool precharge_b = b == Command::pre || b == Command::preab;
  if (precharge_a && precharge_b) return clocks(t.t_ppd);
  if (a == Command::act && b == Command::act) {
    const std::int64_t other = group ? clocks(t.t_rrd_l) : clocks(t.t_rrd_s);
    const std::int64_t cycle = lpddr() ? clocks(t.t_ras) + clocks(t.t_rp) : clocks(t.t_rc);
    return bank ? std::max(cycle, other) : other;
  }
  if (b == Command::refab) {
    if (a == Command::pre) return clocks(t.t_rp);
    if (a == Command::preab) return clocks(t.t_rp_ab);
    if (a == Command::refab) return clocks(t.t_rfc_ab);
    return 0;
  }
  const Command opens = lpddr() ? Command::act1 : Command::act;
  if (b == opens) {
    if (a == Command::pre && bank) return clocks(t.t_rp);
    if (a == Command::preab) return clocks(t.t_rp_ab);
    if (a == Command::refab) return clocks(t.t_rfc_ab);
  }
  const bool column_a = a == Command::rd || a == Command::wr;
  if (column_a && a == b) {
    std::int64_t gap = group ? clocks(t.t_ccd_l) : clocks(t.t_ccd_s);
    if (a == Command::rd && before.rank != after.rank) gap = std::max(gap, clocks(t.t_ccd_r));
    return std::max(gap, burst_ck_);
  }
  if (a == Command::wr && b == Command::rd) {
    return clocks(t.wl) + burst_ck_ + (group ? clocks(t.t_wtr_l) : clocks(t.t_wtr_s));
  }
  return lpddr() ? least_lpddr5(before, after) : least_hbm3(before, after);
}

std::int64_t DramJudge::least_lpddr5(const PastCommand& before, const PastCommand& after) const {
  const auto& t = part_.timing;
  const Command a = before.record.command, b = after.record.command;
  if (a == Command::rd && b == Command::wr) {
    return clocks(t.rl) - clocks(t.wl) + burst_ck_ + clocks(t.t_rtw_gap);
  }
  const bool column = b == Command::rd || b == Command::wr;
  const bool bank = before.record.bank == after.record.bank;
  return a == Command::act && column && bank ? clocks(t.t_rcd) : 0;
}

std::int64_t DramJudge::least_hbm3(const PastCommand& before, const PastCommand& after) const {
  const auto& t = part_.timing;
  const Command a = before.record.command, b = after.record.command;
  if (a == Command::rd && b == Command::wr) return clocks(t.t_rtw);
  if (a != Command::act || before.record.bank != after.record.bank) return 0;
  if (b == Command::rd) return clocks(t.t_rcdrd);
  return b == Command::wr ? clocks(t.t_rcdwr) : 0;
}

void DramJudge::check_state(Lane& lane, const CommandRecord& now) {
  switch (now.command) {
    case Command::act1:
      if (lane.half) fault(now, "another ACT-1 waits for its ACT-2");
      if (lane.banks[now.bank].open_row) fault(now, "the bank is open");
      check_closed(lane, now);
      lane.half = now;
      break;
    case Command::act:
      check_activate(lane, now);
      break;
    case Command::pre:
      lane.banks[now.bank].open_row.reset();
      break;
    case Command::preab:
      for (auto& [number, bank] : lane.banks) bank.open_row.reset();
      break;
    case Command::refab:
    case Command::refpb:
      check_refresh(lane, now);
      break;
    case Command::cas:
      lane.sync = now;
      break;
    case Command::rd:
    case Command::wr:
    case Command::mwr:
      check_column(lane, now);
      break;
    case Command::rda:
    case Command::wra:
    case Command::mwra:
      check_column(lane, now);
      auto_precharge(lane, now);
      break;
    default:
      fault(now, "is not known");
  }
  const bool half_broken =
      lane.half &&
      (now.command == Command::pre ? now.bank == lane.half->bank : now.command == Command::preab);
  if (half_broken) fault(now, "comes between ACT-1 and ACT-2");
}

void DramJudge::check_activate(Lane& lane, const CommandRecord& now) {
  Bank& bank = lane.banks[now.bank];
  if (bank.open_row) fault(now, "the bank is open");
  check_closed(lane, now);
  if (lpddr()) {
    if (!lane.half || lane.half->bank != now.bank || lane.half->row != now.row) {
      fault(now, "there was no ACT-1 for it");
    } else if ((now.at - lane.half->at).count() > clocks(part_.timing.t_aad)) {
      fault(now, "comes too late after ACT-1");
    }
    lane.half.reset();
  }
  bank.open_row = now.row;
  count_activate(lane, now);
}

void DramJudge::count_activate(Lane& lane, const CommandRecord& now) {
  lane.activates.push_back(now.at.count());
  if (lane.activates.size() < 5) return;
  const std::int64_t window = now.at.count() - lane.activates.front();
  if (window < clocks(part_.timing.t_faw) * half_clocks_) {
    fault(now, fmt::format("is the fifth activate within {} ticks", window));
  }
  lane.activates.pop_front();
}

void DramJudge::check_column(Lane& lane, const CommandRecord& now) {
  const auto row = lane.banks[now.bank].open_row;
  if (!row || *row != now.row) fault(now, "its row is not open");
  if (now.column >= part_.organisation.row_bytes / part_.organisation.burst_bytes()) {
    fault(now, "its column is beyond the row");
  }
  const auto& latency = is_read(now.command) ? part_.timing.rl : part_.timing.wl;
  const std::int64_t begin = now.at.count() + clocks(latency) * half_clocks_;
  if (lane.data_ever && begin < lane.data_end) fault(now, "its data overlap the last burst's");
  if (lpddr()) {
    const bool synced = lane.sync && now.at - lane.sync->at == Cycles{1};
    const bool running = lane.data_ever && begin <= lane.data_end + clocks(part_.timing.t_wckpst);
    if (!synced && !running) fault(now, "WCK is not running");
    if (lane.sync && !synced) fault(now, "the CAS before it was for nothing");
    lane.sync.reset();
  }
  lane.data_end = begin + burst_ck_ * half_clocks_;
  lane.data_ever = true;
}

}  // namespace npulse::testing
