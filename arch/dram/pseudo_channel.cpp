// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/pseudo_channel.h"

#include <algorithm>
#include <bit>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

/// Calls `f` with the number of every bank in the mask.
template <class F>
void for_each_bank(BankMask banks, F&& f) {
  for (; banks; banks &= banks - 1) f(static_cast<std::size_t>(std::countr_zero(banks)));
}

}  // namespace

PseudoChannel::PseudoChannel(const ResolvedPart& part, const ControllerParams& controller,
                             std::uint8_t number, ChannelShared& shared)
    : part_{part},
      shared_{shared},
      queue_bursts_{controller.queue_bursts},
      posted_writes_{controller.write_response == WriteResponse::queued},
      number_{number},
      device_{part},
      window_{static_cast<std::size_t>(part.organisation.total_banks()),
              static_cast<std::size_t>(2 * controller.queue_bursts)},
      drain_{controller},
      refresh_{part.t_refi} {}

void PseudoChannel::push(const Request& request) {
  ensure(request.bursts <= queue_bursts_, "a request is longer than the scheduler's queue");
  inbox_.push(request);
  shared_.backlog += request.bursts;
}

Cycles PseudoChannel::wake_at() const {
  const Cycles arrival = inbox_.empty() || blocked_ ? kNever : inbox_.front().arrival;
  return refreshing_ ? arrival : std::min(arrival, refresh_.due());
}

void PseudoChannel::update(Cycles now, CompletionSink& sink) {
  stale_ = true;
  refreshing_ = now >= refresh_.due();
  admit(now, sink);
  drain_.choose(window_);
  if (!blocked_) return;
  // The head can only go on when some of those in its way are gone.
  const Request& head = inbox_.front();
  if (window_.conflicts(head)) {
    drain_.force(opposite(direction_of(head)));
  } else if (head.write) {
    drain_.force(Direction::write);
  }
}

void PseudoChannel::admit(Cycles now, CompletionSink& sink) {
  blocked_ = false;
  while (!inbox_.empty() && inbox_.front().arrival <= now) {
    const Request& request = inbox_.front();
    const bool full = window_.bursts(direction_of(request)) + request.bursts > queue_bursts_;
    blocked_ = full || window_.conflicts(request);
    if (blocked_) return;
    window_.insert(request);
    shared_.backlog -= request.bursts;
    if (request.write && posted_writes_) sink.completed(request, now);
    inbox_.pop();
  }
}

const Proposal& PseudoChannel::proposal(Cycles now) {
  // The other pseudo-channel may have taken the bus in the meantime.
  const bool taken = proposal_.at != kNever && !stale_ &&
                     shared_.buses.slot(proposal_.sync ? Command::cas : proposal_.command,
                                        proposal_.at) > proposal_.at;
  if (stale_ || taken) propose(now);
  return proposal_;
}

void PseudoChannel::propose(Cycles now) {
  stale_ = false;
  proposal_ = Proposal{};
  if (half_) propose_second_activate(now);
  if (refreshing_) return propose_refresh(now);
  propose_columns(now);
  const BankMask waiting = window_.waiting(drain_.direction());
  if (!half_) propose_activates(now, waiting & ~open_);
  propose_precharges(now, waiting & open_ & ~window_.hits(drain_.direction()));
}

void PseudoChannel::consider(Proposal candidate) {
  if (candidate.at > proposal_.at) return;
  candidate.at =
      shared_.buses.slot(candidate.sync ? Command::cas : candidate.command, candidate.at);
  if (candidate.before(proposal_)) proposal_ = candidate;
}

void PseudoChannel::propose_refresh(Cycles now) {
  if (half_) return;
  const Command command = open_ ? Command::preab : Command::refab;
  consider({std::max(now, device_.floor(command)), Proposal::overdue, command});
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

void PseudoChannel::propose_columns(Cycles now) {
  const Direction direction = drain_.direction();
  const BankMask hits = window_.hits(direction);
  if (!hits) return;
  const Command command = direction == Direction::read ? Command::rd : Command::wr;
  const Cycles floor = shared_.buses.slot(command, std::max(now, device_.floor(command)));
  Proposal best{kNever, Proposal::column, command};
  choose_bank(
      best, hits,
      [&](std::size_t bank) { return std::max(floor, device_.earliest(command, bank)); },
      [&](std::size_t bank) { return window_.hit_age(direction, bank); });
  if (part_.needs_sync && best.at + latency(command) > synced_until_) {
    best.sync = true;
    best.at = std::max(now, best.at - part_.ticks_per_clock);
  }
  consider(best);
}

void PseudoChannel::propose_second_activate(Cycles now) {
  const Cycles at =
      std::max({now, device_.floor(Command::act), device_.earliest(Command::act, half_->bank)});
  const auto urgency = at >= half_->deadline ? Proposal::overdue : Proposal::second_activate;
  consider({at, urgency, Command::act, half_->bank});
}

void PseudoChannel::propose_activates(Cycles now, BankMask banks) {
  if (!banks) return;
  const Direction direction = drain_.direction();
  // ACT-1 goes when ACT-2 may follow on its heels.
  const Command first = part_.two_step_activate ? Command::act1 : Command::act;
  const Cycles lead = part_.two_step_activate ? part_.ticks_per_clock : Cycles{0};
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
  consider(best);
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

void PseudoChannel::issue(CompletionSink& sink) {
  const Proposal p = proposal_;
  switch (p.command) {
    case Command::rd:
    case Command::wr:
      issue_column(sink);
      break;
    case Command::act1: {
      const std::uint32_t row = window_.oldest(drain_.direction(), p.bank).at.row;
      half_ = {p.bank, row, p.at + part_.t_aad};
      send(p.command, p.at, p.bank, row, 0);
      break;
    }
    case Command::act:
      issue_activate(p.at, p.bank,
                     half_ ? half_->row : window_.oldest(drain_.direction(), p.bank).at.row);
      break;
    case Command::pre:
      send(p.command, p.at, p.bank, 0, 0);
      close(bit_of(p.bank));
      conflicted_ |= bit_of(p.bank);
      break;
    case Command::preab:
      send(p.command, p.at, 0, 0, 0);
      close(open_);
      conflicted_ = 0;
      break;
    case Command::refab:
      send(p.command, p.at, 0, 0, 0);
      refresh_.refreshed();
      break;
    case Command::cas:
      break;  // goes with its column command
  }
  update(p.at, sink);
}

void PseudoChannel::issue_activate(Cycles at, std::size_t bank, std::uint32_t row) {
  half_.reset();
  send(Command::act, at, static_cast<std::uint8_t>(bank), row, 0);
  open_ |= bit_of(bank);
  fresh_ |= bit_of(bank);
  window_.row_opened(bank, row);
}

void PseudoChannel::issue_column(CompletionSink& sink) {
  const Proposal p = proposal_;
  const Direction direction = p.command == Command::rd ? Direction::read : Direction::write;
  const Request& request = window_.hit(direction, p.bank);
  const DecodedAddress where = request.at;
  Cycles at = p.at;
  if (p.sync) {
    send(Command::cas, at, p.bank, where.row, where.column);
    at += part_.ticks_per_clock;
  }
  send(p.command, at, p.bank, where.row, where.column, request.arrival);
  const Cycles end = at + latency(p.command) + part_.burst;
  synced_until_ = end + part_.t_wckpst;
  shared_.counts.data_ticks += part_.burst.count();
  if (fresh_ & bit_of(p.bank)) {
    ++(conflicted_ & bit_of(p.bank) ? shared_.counts.row_conflicts : shared_.counts.row_misses);
    fresh_ &= ~bit_of(p.bank);
    conflicted_ &= ~bit_of(p.bank);
  }
  const auto served = window_.serve_hit(direction, p.bank);
  if (served && !(served->write && posted_writes_)) sink.completed(*served, end);
}

void PseudoChannel::close(BankMask banks) {
  open_ &= ~banks;
  fresh_ &= ~banks;
  for_each_bank(banks, [&](std::size_t bank) { window_.row_closed(bank); });
}

void PseudoChannel::send(Command command, Cycles at, std::uint8_t bank, std::uint32_t row,
                         std::uint16_t column, Cycles arrival) {
  ++shared_.counts.commands[index(command)];
  shared_.buses.occupy(command, at);
  device_.issue(command, bank, at);
  if (!shared_.observer) return;
  shared_.observer->command({at, command, number_, bank, row, column, arrival});
}

}  // namespace npulse::dram
