// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/pseudo_channel.h"

#include <algorithm>

#include "arch/dram/controller_fit.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

/// The longest that `to` in another bank waits for `from`.
Cycles longest(const ResolvedPart& part, Command from, Command to) {
  Cycles most{0};
  for (const Delay& rule : part.delays[index(from)]) {
    if (rule.to == to) most = std::max(most, rule.latency);
  }
  return most;
}

}  // namespace

PseudoChannel::PseudoChannel(const ResolvedPart& part, const ControllerParams& controller,
                             std::uint8_t number, ChannelShared& shared)
    : part_{part},
      shared_{shared},
      queue_bursts_{controller.queue_bursts},
      posted_writes_{controller.write_response == WriteResponse::queued},
      masked_writes_{part.params.partial_write == PartialWrite::masked_write},
      number_{number},
      device_{part, commands_used(part, controller)},
      window_{static_cast<std::size_t>(part.organisation.total_banks()),
              static_cast<std::size_t>(2 * controller.queue_bursts)},
      held_{static_cast<std::size_t>(part.organisation.total_banks())},
      drain_{controller},
      order_{controller},
      page_policy_{controller.page_policy},
      refresh_{part, controller},
      power_{part, controller},
      refresh_guard_{longest(part, Command::act, Command::refpb)} {}

void PseudoChannel::push(const Request& request) {
  ensure(request.bursts <= queue_bursts_, "a request is longer than the scheduler's queue");
  inbox_.push(request);
  shared_.backlog += request.bursts;
}

Cycles PseudoChannel::wake_at() const {
  const Cycles arrival = inbox_.empty() || blocked_ ? kNever : inbox_.front().arrival;
  return power_.asleep() ? arrival : std::min(arrival, refresh_.due());
}

void PseudoChannel::update(Cycles now, CompletionSink& sink) {
  stale_ = true;
  admit(now, sink);
  if (!power_.asleep()) {
    const BankMask waiting = window_.waiting(Direction::read) | window_.waiting(Direction::write);
    refresh_.update(now, waiting, open_);
  }
  choose_direction();
}

void PseudoChannel::admit(Cycles now, CompletionSink& sink) {
  blocked_ = false;
  while (!inbox_.empty() && inbox_.front().arrival <= now) {
    const Request& request = inbox_.front();
    const Direction d = direction_of(request);
    blocked_ = window_.bursts(d) + held_.bursts(d) + request.bursts > queue_bursts_;
    if (blocked_) return;
    if (held_.must_wait(request, window_)) {
      held_.hold(request);
    } else {
      window_.insert(request);
    }
    shared_.backlog -= request.bursts;
    if (request.write && posted_writes_) sink.completed(request, now);
    inbox_.pop();
  }
}

void PseudoChannel::choose_direction() {
  drain_.choose(window_);
  // Reads that wait for writes, and writes that find their queue full, are not left to the
  // watermarks; but writes that wait for merge reads gather.
  const bool full = blocked_ && inbox_.front().write && held_.bursts(Direction::write) == 0;
  const bool pressing = full || held_.bursts(Direction::read) > 0;
  if (pressing && window_.waiting(Direction::write)) drain_.force(Direction::write);
}

const Proposal& PseudoChannel::proposal(Cycles now) {
  // The other pseudo-channel may have taken the bus in the meantime.
  const bool taken = proposal_.at != kNever && !stale_ &&
                     shared_.buses.slot(proposal_.sync ? Command::cas : proposal_.command,
                                        proposal_.at) > proposal_.at;
  if (stale_ || taken) propose(now);
  return proposal_;
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
      close(bit_of(p.bank), p.at);
      if (p.urgency == Proposal::row) conflicted_ |= bit_of(p.bank);
      break;
    case Command::preab:
      send(p.command, p.at, 0, 0, 0);
      close(open_, p.at);
      conflicted_ = 0;
      break;
    case Command::refab:
    case Command::refpb:
      send(p.command, p.at, p.bank, 0, 0);
      refresh_.refreshed();
      break;
    case Command::pde:
    case Command::pdx:
    case Command::sre:
    case Command::srx:
      send(p.command, p.at, 0, 0, 0);
      power_.issue(p.command, open_ != 0, p.at, shared_.counts);
      if (p.command == Command::srx) refresh_.resume(p.at);
      break;
    default:
      throw InternalError{"a command that is never proposed"};
  }
  update(p.at, sink);
}

void PseudoChannel::issue_activate(Cycles at, std::size_t bank, std::uint32_t row) {
  half_.reset();
  send(Command::act, at, static_cast<std::uint8_t>(bank), row, 0);
  if (!open_) power_.rows(true, at, shared_.counts);
  open_ |= bit_of(bank);
  fresh_ |= bit_of(bank);
  window_.row_opened(bank, row);
}

void PseudoChannel::issue_column(CompletionSink& sink) {
  const Proposal p = proposal_;
  const Direction direction = is_read(p.command) ? Direction::read : Direction::write;
  const Request& request = window_.hit(direction, p.bank);
  const DecodedAddress where = request.at;
  const Cycles arrival = request.arrival;
  const Command plain = column_command(direction, p.bank);
  Cycles at = p.at;
  if (p.sync) {
    send(Command::cas, at, p.bank, where.row, where.column);
    at += part_.ticks_per_clock;
  }
  order_.serve(window_, direction, p.bank);
  const auto served = window_.serve_hit(direction, p.bank);
  if (served && held_.holds(p.bank)) held_.release(p.bank, window_);
  count_row(p.bank);
  const bool closing = closes_behind(p.bank);
  const Command command = closing ? with_auto_precharge(plain) : plain;
  send(command, at, p.bank, where.row, where.column, arrival);
  if (closing) close(bit_of(p.bank), at);
  const Cycles end = at + latency(command) + part_.burst;
  data_end_ = end;
  synced_until_ = end + part_.t_wckpst;
  power_.busy(end);
  shared_.counts.data_ticks += part_.burst_data.count();
  if (served && !(served->write && posted_writes_)) sink.completed(*served, end);
}

void PseudoChannel::count_row(std::size_t bank) {
  if (!(fresh_ & bit_of(bank))) return;
  ++(conflicted_ & bit_of(bank) ? shared_.counts.row_conflicts : shared_.counts.row_misses);
  fresh_ &= ~bit_of(bank);
  conflicted_ &= ~bit_of(bank);
}

bool PseudoChannel::closes_behind(std::size_t bank) const {
  if (page_policy_ == PagePolicy::open) return false;
  const BankMask hits = window_.hits(Direction::read) | window_.hits(Direction::write);
  if (hits & bit_of(bank)) return false;
  const BankMask waiting = window_.waiting(Direction::read) | window_.waiting(Direction::write);
  return page_policy_ == PagePolicy::closed || (waiting & bit_of(bank));
}

void PseudoChannel::close(BankMask banks, Cycles at) {
  if (open_ && !(open_ & ~banks)) power_.rows(false, at, shared_.counts);
  open_ &= ~banks;
  fresh_ &= ~banks;
  order_.closed(banks);
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
