// SPDX-License-Identifier: Apache-2.0
// What the judge looks at, command by command: buses, spacings, states of banks, data.
#include "tests/support/dram_judge.h"

#include <fmt/format.h>

#include <algorithm>

namespace npulse::testing {

using dram::Command;
using dram::CommandRecord;

DramJudge::Standard DramJudge::standard_of(dram::Family family) {
  switch (family) {
    case dram::Family::lpddr4:
      return {2, 1, false, false};
    case dram::Family::lpddr5:
      return {8, 1, false, true};
    case dram::Family::hbm2:
      return {2, 1, true, false};
    case dram::Family::hbm3:
      return {4, 2, true, false};
    case dram::Family::gddr6:
      return {8, 1, false, false};
    case dram::Family::ddr5:
      return {2, 1, false, false};
  }
  return {};
}

DramJudge::DramJudge(const dram::PartParams& part, const dram::ControllerParams& controller)
    : part_{part},
      controller_{controller},
      standard_{standard_of(part.family)},
      ticks_{standard_.ticks_per_clock},
      burst_ck_{(part.organisation.burst_length + part.organisation.burst_pause) /
                standard_.bits_per_clock},
      lanes_(static_cast<std::size_t>(part.organisation.pseudo_channels)) {
  const auto& t = part_.timing;
  longest_ck_ = clocks(t.t_ras) + clocks(t.t_rp_ab) + clocks(t.t_wr) + 100;
  if (sets() > 1) longest_ck_ += clocks(t.t_rfc_pb);
  if (controller_.self_refresh_idle_ns) longest_ck_ += clocks(t.t_xsr) + clocks(t.t_sr);
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
  check_power(lane, record);
  check_state(lane, record);
  if (record.command == Command::refab) {
    lane.refreshed = now;
  } else {
    lane.past.push_back(now);
  }
  const std::int64_t horizon = record.at.count() - longest_ck_ * ticks_;
  while (!lane.past.empty() && lane.past.front().record.at.count() < horizon) {
    lane.past.pop_front();
  }
}

void DramJudge::check_bus(const CommandRecord& now) {
  const bool column = is_column(now.command);
  const bool rising = is(dram::Family::hbm3) && (column || now.command == Command::act);
  std::int64_t& free = bus_free_[standard_.two_buses && column];
  if (now.at.count() < free) fault(now, fmt::format("the command bus is taken until {}", free));
  if (rising && now.at.count() % 2) fault(now, "begins on a falling edge");
  free = now.at.count() + length(now.command);
}

void DramJudge::check_spacing(Lane& lane, const PastCommand& now) {
  const std::int64_t edge = now.record.at.count() + lead(now.record.command);
  const auto check = [&](const PastCommand& before) {
    const std::int64_t wanted =
        std::max(least(plain(before), plain(now)), least_by_policy(before, now)) * ticks_;
    const std::int64_t distance = edge - before.record.at.count() - lead(before.record.command);
    if (wanted > 0 && distance < wanted) {
      fault(now.record, fmt::format("{} ticks after {} of bank {}, {} are needed", distance,
                                    to_string(before.record.command), before.record.bank, wanted));
    }
  };
  if (lane.refreshed) check(*lane.refreshed);
  for (const PastCommand& before : lane.past) check(before);
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
    case Command::pde:
    case Command::pdx:
    case Command::sre:
    case Command::srx:
      break;  // check_power
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
  if (standard_.two_activates) {
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
  lane.activates.push_back(now.at.count() + lead(now.command));
  if (lane.activates.size() < 5) return;
  const std::int64_t window = lane.activates.back() - lane.activates.front();
  if (window < clocks(part_.timing.t_faw) * ticks_) {
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
  check_data(lane, now);
}

void DramJudge::check_data(Lane& lane, const CommandRecord& now) {
  const auto& o = part_.organisation;
  const auto& t = part_.timing;
  const std::int64_t latency =
      is_read(now.command) ? clocks(t.rl) + clocks(t.t_dqsck) : write_latency();
  const std::int64_t begin = now.at.count() + lead(now.command) + latency * ticks_;
  const std::int64_t end = begin + burst_ck_ * ticks_;
  if (standard_.two_activates) {
    const bool synced = lane.sync && now.at - lane.sync->at == Cycles{1};
    std::int64_t last = begin - 1'000'000;
    for (const Span& span : lane.data) last = std::max(last, span.end);
    if (!synced && begin > last + clocks(t.t_wckpst)) fault(now, "WCK is not running");
    if (lane.sync && !synced) fault(now, "the CAS before it was for nothing");
    lane.sync.reset();
  }
  // A pause splits the burst into two equal pieces.
  const std::int64_t pieces = o.burst_pause ? 2 : 1;
  const std::int64_t piece = o.burst_length / pieces / standard_.bits_per_clock * ticks_;
  for (const std::int64_t first : {begin, end - piece}) {
    for (const Span& span : lane.data) {
      if (first < span.end && span.begin < first + piece) fault(now, "its data overlap others");
    }
    if (pieces == 1) break;
  }
  lane.data.push_back({begin, begin + piece});
  if (pieces == 2) lane.data.push_back({end - piece, end});
  while (lane.data.size() > 8) lane.data.pop_front();
}

}  // namespace npulse::testing
