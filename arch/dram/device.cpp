// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/device.h"

#include <bit>
#include <limits>

#include "sim/core/error.h"

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
  shift_ = {0, log2_of(o.banks), log2_of(o.banks) + log2_of(o.bank_groups)};
  const auto banks = static_cast<std::size_t>(o.total_banks());
  base_ = {0, banks, banks + (banks >> shift_[kGroup])};
  pseudo_channel_ = base_[kRank] + ranks_;
  earliest_.assign(pseudo_channel_ + 1, Earliest{});
  for (std::size_t from = 0; from < kCommands; ++from) {
    for (const WindowDelay& rule : part.windows[from]) {
      const Ring ring{std::vector<Cycles>(static_cast<std::size_t>(rule.window), kLongAgo)};
      windows_[from].push_back({rule, std::vector<Ring>(banks, ring)});
    }
  }
}

std::size_t Device::instance(Scope scope, std::size_t bank) const {
  switch (scope) {
    case Scope::bank: return slot(kBank, bank);
    case Scope::bank_group: return slot(kGroup, bank);
    case Scope::rank: return slot(kRank, bank);
    case Scope::pseudo_channel: return pseudo_channel_;
    case Scope::other_rank: break;
  }
  throw InternalError{"internal error: a rule's scope is no single instance"};
}

void Device::delay(const Delay& rule, std::size_t bank, Cycles until) {
  if (rule.scope != Scope::other_rank) return raise(instance(rule.scope, bank), rule.to, until);
  for (std::size_t rank = 0; rank < ranks_; ++rank) {
    const std::size_t other = base_[kRank] + rank;
    if (other != slot(kRank, bank)) raise(other, rule.to, until);
  }
}

void Device::issue(Command command, std::size_t bank, Cycles now) {
  for (const Delay& rule : part_.delays[index(command)]) delay(rule, bank, now + rule.latency);
  for (Window& window : windows_[index(command)]) {
    const WindowDelay& rule = window.rule;
    Ring& ring = window.rings[instance(rule.delay.scope, bank) - instance(rule.delay.scope, 0)];
    ring.times[ring.oldest] = now;
    ring.oldest = (ring.oldest + 1) % ring.times.size();
    delay(rule.delay, bank, ring.times[ring.oldest] + rule.delay.latency);
  }
}

}  // namespace npulse::dram
