// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/replay/bus_account.h"

#include <algorithm>

namespace npulse::dram {

BusAccount::BusAccount(const ResolvedPart& part)
    : part_{part},
      held_by_{part},
      activates_(static_cast<std::size_t>(part.organisation.total_banks())) {}

void BusAccount::command(const CommandRecord& record) {
  if (record.command == Command::act1) first_hold_ = held_by_.find(record.command, record.bank);
  if (record.command == Command::act) note_activate(record);
  if (is_column(record.command)) account(record);
  held_by_.issued(record.command, record.bank, record.at);
}

void BusAccount::note_activate(const CommandRecord& record) {
  Hold hold = held_by_.find(record.command, record.bank);
  // What holds ACT-1 back holds ACT-2 back for a clock longer.
  const Cycles after_first = first_hold_.until + part_.ticks_per_clock;
  if (part_.two_step_activate && after_first > hold.until) hold = {after_first, first_hold_.use};
  activates_[record.bank] = {record.at, hold};
}

void BusAccount::account(const CommandRecord& column) {
  const Cycles latency = is_read(column.command) ? part_.rl : part_.wl;
  const Hold hold = held_by_.find(column.command, column.bank);
  // Data may begin within the pause of a burst before.
  const Cycles gap = std::min(data_end_ - latency, column.at);
  const Cycles begin = std::clamp(column.arrival, gap, column.at);
  const Cycles end = std::clamp(hold.until, begin, column.at);
  uses_.add(TimeUse::starvation, begin - gap);
  if (hold.use == TimeUse::row_opening) {
    account_row(column, begin, end);
  } else {
    uses_.add(hold.use, end - begin);
  }
  uses_.add(TimeUse::bus, column.at - end);
  account_data(column.at + latency, column.at - gap);
}

void BusAccount::account_data(Cycles begin, Cycles gap) {
  const Cycles end = std::max(data_end_, begin + part_.burst);
  uses_.add(TimeUse::data, part_.burst_data);
  // A pause within a burst, until other data fill it.
  uses_.add(TimeUse::bus, end - data_end_ - gap - part_.burst_data);
  data_end_ = end;
}

void BusAccount::account_row(const CommandRecord& column, Cycles begin, Cycles end) {
  const auto& [at, hold] = activates_[column.bank];
  // An activate at `wanted` would have left no gap, or was the earliest possible.
  const Cycles wanted = std::clamp(column.arrival, at - (end - begin), at);
  const Cycles free = std::clamp(hold.until, wanted, at);
  uses_.add(hold.use, free - wanted);
  uses_.add(TimeUse::bus, at - free);
  uses_.add(TimeUse::row_opening, end - begin - (at - wanted));
}

TimeUses BusAccount::until(Cycles end) const {
  TimeUses uses = uses_;
  uses.add(TimeUse::starvation, end - data_end_);
  return uses;
}

ChannelAccount::ChannelAccount(const ResolvedPart& part, CommandObserver* next) : next_{next} {
  const auto count = static_cast<std::size_t>(part.organisation.pseudo_channels);
  buses_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) buses_.emplace_back(part);
}

void ChannelAccount::command(const CommandRecord& record) {
  buses_[record.pseudo_channel].command(record);
  if (next_) next_->command(record);
}

Cycles ChannelAccount::data_end() const {
  Cycles end{0};
  for (const BusAccount& bus : buses_) end = std::max(end, bus.data_end());
  return end;
}

TimeUses ChannelAccount::until(Cycles end) const {
  TimeUses uses;
  for (const BusAccount& bus : buses_) uses += bus.until(end);
  return uses;
}

}  // namespace npulse::dram
