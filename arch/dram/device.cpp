// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/device.h"

#include <limits>

#include "arch/dram/power_of_two.h"

namespace npulse::dram {
namespace {

constexpr Cycles kLongAgo{std::numeric_limits<std::int64_t>::min() / 2};

}  // namespace

Device::Device(const ResolvedPart& part, CommandSet used)
    : gaps_{part.gaps},
      ranks_{static_cast<std::size_t>(part.organisation.ranks)},
      banks_{static_cast<std::size_t>(part.organisation.total_banks())},
      refresh_sets_{part.refresh_sets ? static_cast<std::size_t>(part.refresh_sets) : banks_} {
  const auto& o = part.organisation;
  const std::size_t group = log2_of(o.banks), rank = group + log2_of(o.bank_groups);
  const std::size_t first_rank = banks_ + (banks_ >> group);
  // In the order of Scope; a pseudo-channel's slot is the same for every bank.
  base_ = {0, banks_, first_rank, first_rank, first_rank + ranks_, 0};
  shift_ = {0, group, rank, rank, 63, 0};
  for (auto& times : earliest_) times.resize(first_rank + ranks_ + 1);
  for (auto& times : last_two_) times = {kLongAgo, kLongAgo};
  for (std::size_t from = 0; from < kCommands; ++from) {
    leads_[from] = part.lead(static_cast<Command>(from));
    for (const Delay& rule : part.delays[from]) {
      if (used.contains(rule.to)) delays_[from].push_back(rule);
    }
  }
  for (const Delay& rule : delays_[index(Command::pre)]) {
    if (rule.to != Command::pre && rule.to != Command::preab) precharge_delays_.push_back(rule);
  }
  for (const WindowDelay& rule : part.windows) add_window(rule, used);
}

void Device::add_window(const WindowDelay& rule, CommandSet used) {
  Window window{rule.scope, {}, {}};
  for (std::size_t i = 0; i < kCommands; ++i) {
    const auto command = static_cast<Command>(i);
    if (!used.contains(command)) continue;
    if (rule.from.contains(command)) windows_of_[i].push_back(windows_.size());
    if (rule.to.contains(command)) {
      window.delays.push_back({rule.scope, command, rule.latency - leads_[i]});
    }
  }
  const Ring ring{std::vector<Cycles>(static_cast<std::size_t>(rule.window), kLongAgo)};
  window.rings.assign(banks_, ring);
  windows_.push_back(std::move(window));
}

void Device::delay_other_ranks(const Delay& rule, std::size_t bank, Cycles until) {
  for (std::size_t other = slot(Scope::rank, 0); other < slot(Scope::pseudo_channel, 0); ++other) {
    Cycles& value = earliest_[index(rule.to)][other];
    if (other != slot(Scope::rank, bank)) value = std::max(value, until);
  }
}

void Device::delay_bank_set(const Delay& rule, std::size_t bank, Cycles until) {
  for (std::size_t other = bank % refresh_sets_; other < banks_; other += refresh_sets_) {
    Cycles& value = earliest_[index(rule.to)][other];
    value = std::max(value, until);
  }
}

void Device::auto_precharge(std::size_t bank, Cycles now) {
  const Cycles at = std::max(now, earliest(Command::pre, bank));
  for (const Delay& rule : precharge_delays_) delay(rule, bank, at + rule.latency);
}

void Device::issue(Command command, std::size_t bank, Cycles now) {
  if (gaps_[index(command)]) {
    auto& last = last_two_[index(bus_model(command))];
    last = {last[1], now};
  }
  for (const Delay& rule : delays_[index(command)]) delay(rule, bank, now + rule.latency);
  for (const std::size_t w : windows_of_[index(command)]) {
    Window& window = windows_[w];
    Ring& ring = window.rings[slot(window.scope, bank) - slot(window.scope, 0)];
    ring.times[ring.oldest] = now + leads_[index(command)];
    ring.oldest = (ring.oldest + 1) % ring.times.size();
    for (const Delay& rule : window.delays) {
      delay(rule, bank, ring.times[ring.oldest] + rule.latency);
    }
  }
  if (closes_row(command)) auto_precharge(bank, now);
}

}  // namespace npulse::dram
