// SPDX-License-Identifier: Apache-2.0
// Which command a pseudo-channel would send next.
#include <algorithm>
#include <bit>

#include "arch/dram/pseudo_channel.h"

namespace npulse::dram {

void PseudoChannel::propose(Cycles now) {
  stale_ = false;
  proposal_ = Proposal{};
  if (power_.down()) return propose_exit(now);
  if (half_) propose_second_activate(now);
  BankMask usable = ~BankMask{0};
  Cycles refresh_at = kNever;
  if (refresh_.need() != RefreshScheduler::Need::none) {
    refresh_at = propose_refresh(now);
    if (refresh_.overdue()) usable = ~refresh_.banks();
  }
  const Direction direction = drain_.direction();
  const auto [waiting, hits] = order_.choose(window_, direction, usable);
  if (!waiting) return propose_sleep(now);
  propose_columns(now, hits);
  if (!half_) propose_activates(now, waiting & ~open_, refresh_.overdue() ? refresh_at : kNever);
  propose_precharges(now, waiting & open_ & ~hits);
}

void PseudoChannel::propose_sleep(Cycles now) {
  const bool busy = half_ || !window_.empty() || refresh_.need() != RefreshScheduler::Need::none;
  if (busy) return;
  const auto propose = [&](Command command, Cycles wanted) {
    if (wanted == kNever) return;
    consider({std::max({now, wanted, device_.floor(command)}), Proposal::housekeeping, command});
  };
  const Cycles deep = power_.self_refresh_at();
  propose(open_ ? Command::preab : Command::sre, deep);
  if (now < deep) propose(Command::pde, power_.power_down_at());
}

void PseudoChannel::propose_exit(Cycles now) {
  const bool wanted = !window_.empty() || (!power_.asleep() && refresh_.overdue());
  const Cycles deeper = power_.asleep() ? kNever : power_.self_refresh_at();
  const Cycles since = wanted ? now : std::max(now, deeper);
  if (since == kNever) return;
  const Command command = power_.asleep() ? Command::srx : Command::pdx;
  consider({std::max(since, device_.floor(command)), Proposal::housekeeping, command});
}

void PseudoChannel::consider(Proposal candidate) {
  if (candidate.at > proposal_.at) return;
  candidate.at = slot(candidate.sync ? Command::cas : candidate.command, candidate.at);
  if (candidate.before(proposal_)) proposal_ = candidate;
}

Cycles PseudoChannel::slot(Command command, Cycles at) const {
  at = shared_.buses.slot(command, at);
  for (Cycles next; (next = device_.outside_gaps(command, at)) != at;) {
    at = shared_.buses.slot(command, next);
  }
  return at;
}

Cycles PseudoChannel::propose_refresh(Cycles now) {
  if (half_) return kNever;
  const auto urgency = refresh_.overdue() ? Proposal::overdue : Proposal::housekeeping;
  const BankMask open = open_ & refresh_.banks();
  const bool all = refresh_.command() == Command::refab;
  Proposal candidate{kNever, urgency, refresh_.command(), refresh_.bank()};
  if (open && !all) {
    candidate.command = Command::pre;
    choose_bank(
        candidate, open, [&](std::size_t bank) { return device_.earliest(Command::pre, bank); },
        [](std::size_t) { return std::uint64_t{0}; });
  } else {
    if (open) candidate.command = Command::preab;
    candidate.at = device_.earliest(candidate.command, candidate.bank);
  }
  candidate.at = std::max({now, device_.floor(candidate.command), candidate.at});
  consider(candidate);
  return open ? kNever : candidate.at;
}

template <class Earliest, class Age>
void PseudoChannel::choose_bank(Proposal& candidate, BankMask banks, Earliest&& earliest,
                                Age&& age) {
  Cycles best_at = candidate.at;
  std::uint64_t best_age = candidate.age;
  int best_bank = candidate.bank;
  for (; banks; banks &= banks - 1) {
    const int bank = std::countr_zero(banks);
    const Cycles at = earliest(static_cast<std::size_t>(bank));
    const std::uint64_t a = age(static_cast<std::size_t>(bank));
    // Without branches: which bank wins cannot be predicted.
    const bool better = (at < best_at) | ((at == best_at) & (a < best_age));
    best_at = better ? at : best_at;
    best_age = better ? a : best_age;
    best_bank = better ? bank : best_bank;
  }
  candidate.at = best_at;
  candidate.age = best_age;
  candidate.bank = static_cast<std::uint8_t>(best_bank);
}

void PseudoChannel::propose_columns(Cycles now, BankMask hits) {
  if (!hits) return;
  const Direction direction = drain_.direction();
  const Command command = direction == Direction::read ? Command::rd : Command::wr;
  const Cycles floor = shared_.buses.slot(command, std::max(now, device_.floor(command)));
  Proposal best{kNever, Proposal::column, command};
  const auto age = [&](std::size_t bank) { return window_.hit_age(direction, bank); };
  if (masked_writes_ && direction == Direction::write) {
    const auto earliest = [&](std::size_t bank) {
      return std::max(floor, device_.earliest(column_command(direction, bank), bank));
    };
    choose_bank(best, hits, earliest, age);
  } else {
    const auto earliest = [&](std::size_t bank) {
      return std::max(floor, device_.earliest(command, bank));
    };
    choose_bank(best, hits, earliest, age);
  }
  // ACT-2 may not come between data that would follow each other without a gap.
  if (half_ && best.at + latency(command) <= data_end_) best.urgency = Proposal::seamless;
  if (part_.needs_sync && best.at + latency(command) > synced_until_) {
    best.sync = true;
    best.at = std::max({now, device_.floor(Command::cas), best.at - part_.ticks_per_clock});
  }
  consider(best);
}

void PseudoChannel::propose_second_activate(Cycles now) {
  const Cycles at =
      std::max({now, device_.floor(Command::act), device_.earliest(Command::act, half_->bank)});
  const auto urgency = at >= half_->deadline ? Proposal::overdue : Proposal::second_activate;
  consider({at, urgency, Command::act, half_->bank});
}

void PseudoChannel::propose_activates(Cycles now, BankMask banks, Cycles refresh_at) {
  if (!banks) return;
  const Direction direction = drain_.direction();
  // ACT-1 goes early: on the heels of it, ACT-2 would often find the bus taken.
  const Command first = part_.two_step_activate ? Command::act1 : Command::act;
  const Cycles lead = part_.two_step_activate ? 3 * part_.ticks_per_clock : Cycles{0};
  const Cycles floor = shared_.buses.slot(
      first, std::max({now, device_.floor(first), device_.floor(Command::act) - lead}));
  Proposal best{kNever, Proposal::row, first};
  choose_bank(
      best, banks,
      [&](std::size_t bank) {
        return std::max(
            {floor, device_.earliest(first, bank), device_.earliest(Command::act, bank) - lead});
      },
      [&](std::size_t bank) { return window_.oldest_age(direction, bank); });
  const bool in_the_way = refresh_at != kNever && best.at + lead + refresh_guard_ > refresh_at;
  if (!in_the_way) consider(best);
}

void PseudoChannel::propose_precharges(Cycles now, BankMask banks) {
  if (!banks) return;
  const Direction direction = drain_.direction();
  const Cycles floor = shared_.buses.slot(Command::pre, std::max(now, device_.floor(Command::pre)));
  Proposal best{kNever, Proposal::row, Command::pre};
  choose_bank(
      best, banks,
      [&](std::size_t bank) { return std::max(floor, device_.earliest(Command::pre, bank)); },
      [&](std::size_t bank) { return window_.oldest_age(direction, bank); });
  consider(best);
}

}  // namespace npulse::dram
