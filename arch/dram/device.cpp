// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/device.h"

#include <bit>
#include <limits>

namespace npulse::dram {
namespace {

constexpr Cycles kLongAgo{std::numeric_limits<std::int64_t>::min() / 2};

std::size_t log2_of(std::int64_t n) {
  return static_cast<std::size_t>(std::countr_zero(static_cast<std::uint64_t>(n)));
}

}  // namespace

Device::Device(const ResolvedPart& part)
    : part_{part}, ranks_{static_cast<std::size_t>(part.organisation.ranks)} {
  const auto& o = part.organisation;
  const auto banks = static_cast<std::size_t>(o.total_banks());
  const std::size_t group = log2_of(o.banks), rank = group + log2_of(o.bank_groups);
  const std::size_t first_rank = banks + (banks >> group);
  // In the order of Scope; a pseudo-channel's slot is the same for every bank.
  base_ = {0, banks, first_rank, first_rank, first_rank + ranks_};
  shift_ = {0, group, rank, rank, 63};
  for (auto& times : earliest_) times.resize(first_rank + ranks_ + 1);
  for (auto& times : last_two_) times = {kLongAgo, kLongAgo};
  for (std::size_t from = 0; from < kCommands; ++from) {
    for (const WindowDelay& rule : part.windows[from]) {
      const Ring ring{std::vector<Cycles>(static_cast<std::size_t>(rule.window), kLongAgo)};
      windows_[from].push_back({rule, std::vector<Ring>(banks, ring)});
    }
  }
}

void Device::delay_other_ranks(const Delay& rule, std::size_t bank, Cycles until) {
  for (std::size_t other = slot(Scope::rank, 0); other < slot(Scope::pseudo_channel, 0); ++other) {
    Cycles& value = earliest_[index(rule.to)][other];
    if (other != slot(Scope::rank, bank)) value = std::max(value, until);
  }
}

void Device::issue(Command command, std::size_t bank, Cycles now) {
  if (part_.gaps[index(command)]) last_two_[index(command)] = {last_two_[index(command)][1], now};
  for (const Delay& rule : part_.delays[index(command)]) delay(rule, bank, now + rule.latency);
  for (Window& window : windows_[index(command)]) {
    const WindowDelay& rule = window.rule;
    const Scope scope = rule.delay.scope;
    Ring& ring = window.rings[slot(scope, bank) - slot(scope, 0)];
    ring.times[ring.oldest] = now;
    ring.oldest = (ring.oldest + 1) % ring.times.size();
    delay(rule.delay, bank, ring.times[ring.oldest] + rule.delay.latency);
  }
}

}  // namespace npulse::dram
