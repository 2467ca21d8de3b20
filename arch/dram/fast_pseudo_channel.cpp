// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/fast_pseudo_channel.h"

#include <algorithm>
#include <limits>

#include "arch/dram/bank_mask.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

/// Beyond what it takes to close and open a row, in column cells: about three half granules.
constexpr std::int64_t kSideBySide = 22;

/// Distance of the base from the end of the promised data, in column cells: enough to close and
/// open a row behind other data and to lay granules side by side, and less than the queue, which is
/// for choosing. Chosen against the reference engine (docs/benchmarks.md).
std::int64_t lookahead_of(const ResolvedPart& part, const ControllerParams& controller) {
  const ReservationTimings timings{part};
  const CommandGrids grids{part, 0};
  const std::int64_t row = timings.pre_act + timings.act_col[0];
  const std::int64_t wanted = ceil_div(row, grids.column.period) + kSideBySide;
  const std::int64_t most = controller.queue_bursts * (grids.second_cell ? 2 : 1) * 4 / 5;
  return std::clamp<std::int64_t>(std::min(wanted, most), 1, SlotRing::kDepth);
}

/// Bursts of a granule: whole ones of other groups must find room between its own while they are
/// remembered, which is twice the cells that it spans here.
std::uint16_t granule_of(const ResolvedPart& part, std::size_t direction) {
  const std::int64_t stride = ceil_div(ReservationTimings{part}.col_col_group[direction][direction],
                                       CommandGrids{part, 0}.column.period);
  return static_cast<std::uint16_t>(
      std::clamp<std::int64_t>(SlotRing::kDepth / 2 / stride, 1, kGranule));
}

}  // namespace

FastPseudoChannel::FastPseudoChannel(const ResolvedPart& part, const ControllerParams& controller,
                                     std::uint8_t number, MemoTable* memo,
                                     CommandObserver* observer)
    : observer_{observer},
      window_bursts_{controller.queue_bursts},
      granule_{granule_of(part, 0), granule_of(part, 1)},
      looked_at_{controller.scheduler == Scheduler::fcfs ? 1 : kLookedAt},
      pass_limit_{controller.pass_limit.value_or(std::numeric_limits<std::int64_t>::max())},
      posted_writes_{controller.write_response == WriteResponse::queued},
      burst_{part.burst},
      burst_data_{part.burst_data},
      state_{part, number, lookahead_of(part, controller), memo},
      timings_{part},
      drain_{controller},
      refresh_interval_{part.t_refi},
      refresh_due_{controller.refresh == RefreshMode::none ? kNever : part.t_refi},
      banks_{part} {}

void FastPseudoChannel::push(const Request& request) {
  ensure(request.bursts <= window_bursts_, "a request is longer than the scheduler's queue");
  inbox_.push(request);
  backlog_ += request.bursts;
  note_next_decision();
}

bool FastPseudoChannel::in_step_with(const FastPseudoChannel& other) const {
  return base() == other.base() && refresh_due_ == other.refresh_due_ &&
         settled_ == other.settled_ &&
         std::max(opened_at_, settled_) == std::max(other.opened_at_, settled_) &&
         same_requests(other) && banks_.same_after(base().count(), other.banks_) &&
         state_.in_step_with(other.state_);
}

bool FastPseudoChannel::same_requests(const FastPseudoChannel& other) const {
  return backlog_ == other.backlog_ && passed_ == other.passed_ &&
         promised_.same_after(base().count(), other.promised_) &&
         drain_.direction() == other.drain_.direction() && window_.same_requests(other.window_) &&
         held_ == other.held_ && inbox_ == other.inbox_;
}

void FastPseudoChannel::note_next_decision() {
  if (!window_.empty() || !held_.empty()) {
    next_decision_ = base();
  } else {
    next_decision_ = inbox_.empty() ? kNever : std::max(base(), inbox_.front().arrival);
  }
}

void FastPseudoChannel::step(CompletionSink& sink) {
  if (refresh_due_ <= next_decision_) {
    refresh();
  } else {
    decide(next_decision_, sink);
  }
  note_next_decision();
}

void FastPseudoChannel::refresh() {
  const bool any_open = banks_.any_open();
  const std::int64_t quiet = std::max(refresh_due_.count(), banks_.quiet());
  settle(refresh_due_);
  opened_at_ = kNever.count();
  const std::int64_t open = state_.refresh(quiet, any_open, observer_);
  promised_.forget_until(base().count());
  banks_.close_all(open);
  counts_.commands[index(Command::preab)] += any_open;
  ++counts_.commands[index(Command::refab)];
  refresh_due_ += refresh_interval_;
}

void FastPseudoChannel::settle(Cycles until) {
  const std::int64_t now = std::max(until.count(), settled_);
  const std::int64_t opened = std::clamp(opened_at_, settled_, now);
  counts_.state_ticks[index(PowerState::precharge_standby)] += opened - settled_;
  counts_.state_ticks[index(PowerState::active_standby)] += now - opened;
  settled_ = now;
}

void FastPseudoChannel::decide(Cycles now, CompletionSink& sink) {
  state_.advance_base(now);
  promised_.forget_until(base().count());
  admit(now, sink);
  drain_.choose(window_.bursts(Direction::read) != 0, window_.bursts(Direction::write));
  unblock();
  const Direction direction = drain_.direction();
  serve(direction, choose(direction), sink);
}

void FastPseudoChannel::admit(Cycles now, CompletionSink& sink) {
  if (!held_.empty()) admit_held(now, sink);
  while (!inbox_.empty() && inbox_.front().arrival <= now) {
    const Request& request = inbox_.front();
    if (is_full(request)) return;
    if (!must_wait(request, held_.size())) {
      enter(request, now, sink);
    } else if (held_.size() < kHeld) {
      held_.push_back(request);
    } else {
      return;
    }
    inbox_.pop();
  }
}

void FastPseudoChannel::admit_held(Cycles now, CompletionSink& sink) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    if (must_wait(held_[i], kept) || is_full(held_[i])) {
      held_[kept++] = held_[i];
    } else {
      enter(held_[i], now, sink);
    }
  }
  held_.resize(kept);
}

bool FastPseudoChannel::must_wait(const Request& request, std::size_t held_before) const {
  if (window_.conflicts(request)) return true;
  return std::any_of(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(held_before),
                     [&](const Request& other) { return share_bursts(request, other); });
}

/// Bursts leave the scheduler's queue when their columns go. A granule is chosen earlier than its
/// first burst would be, so rather less than half of what is promised counts: chosen against the
/// reference engine (docs/benchmarks.md).
bool FastPseudoChannel::is_full(const Request& request) const {
  const Direction direction = direction_of(request);
  const std::int64_t waiting = window_.bursts(direction);
  return waiting > 0 &&
         waiting + promised_.bursts(direction) * 4 / 9 + request.bursts > window_bursts_;
}

void FastPseudoChannel::enter(const Request& request, Cycles now, CompletionSink& sink) {
  window_.insert(request);
  backlog_ -= request.bursts;
  if (request.write && posted_writes_) sink.completed(request, now);
}

/// Writes go when a read waits for one, or one for room.
void FastPseudoChannel::unblock() {
  if (window_.bursts(Direction::write) == 0) return;
  const bool read_waits = !held_.empty() && !held_.front().write;
  const bool no_room = !inbox_.empty() && inbox_.front().write && is_full(inbox_.front());
  if (read_waits || no_room) drain_.force(Direction::write);
}

/// The request whose data can begin first; then one that hits, then the oldest.
std::size_t FastPseudoChannel::choose(Direction direction) const {
  if (passed_[direction == Direction::write] >= pass_limit_) return 0;
  const std::int64_t base = state_.base().count();
  // The place stands behind the urgency, so that the least of both is found without a branch.
  constexpr std::int64_t kPlaces = kLookedAt;
  std::int64_t best = std::numeric_limits<std::int64_t>::max(), place = 0;
  for (const Waiting& waiting : window_.waiting(direction).oldest(looked_at_)) {
    const std::int64_t urgency =
        banks_.urgency(waiting.rest.run, direction == Direction::write, base);
    best = std::min(best, urgency * kPlaces + place++);
    if (urgency == FastBanks::soonest(base)) break;
  }
  return static_cast<std::size_t>(best % kPlaces);
}

void FastPseudoChannel::serve(Direction direction, std::size_t place, CompletionSink& sink) {
  Waiting& waiting = window_.waiting(direction)[place];
  const std::int64_t base = state_.base().count();
  const std::int64_t bursts = fill_batch(waiting, base);
  std::int64_t& passed = passed_[waiting.request.write];
  passed = place == 0 ? 0 : passed + bursts;
  const std::span<const Granule> batch{batch_.data(), batch_.size()};
  const BatchPlacement result =
      observer_ ? state_.reserve(batch, *observer_, places_) : state_.reserve(batch);
  std::int64_t end = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Granule& granule = batch[i];
    const std::int64_t activate = base + result.granules[i].activate;
    const std::int64_t last = base + result.granules[i].last_column;
    banks_.reserved(granule, activate, last);
    if (granule.row != RowState::hit) count_opened(granule, activate);
    promised_.add(direction, granule.bursts, last);
    end = std::max(end, last);
  }
  counts_.commands[index(Command::cas)] += result.syncs;
  counts_.commands[index(waiting.request.write ? Command::wr : Command::rd)] += bursts;
  counts_.data_ticks += bursts * burst_data_.count();
  window_.served(direction, bursts);
  if (!waiting.rest.done(waiting.request)) return;
  if (!(waiting.request.write && posted_writes_)) {
    const std::int64_t latency = timings_.latency[waiting.request.write];
    sink.completed(waiting.request, Cycles{end + latency} + burst_);
  }
  window_.remove(direction, place);
}

/// What a granule finds in its bank must be known, so a batch has at most one of a bank.
std::int64_t FastPseudoChannel::fill_batch(Waiting& waiting, std::int64_t base) {
  const Request& request = waiting.request;
  const std::uint16_t most = granule_[request.write];
  Rest& rest = waiting.rest;  // a copy of what was just written in pieces stalls the processor
  BankMask banks = 0;
  std::int64_t bursts = 0;
  batch_.clear();
  places_.clear();
  do {
    banks |= bit_of(rest.run.bank);
    Granule& granule = batch_.emplace_back();
    granule.bank = rest.run.bank;
    granule.bursts = static_cast<std::uint8_t>(std::min(rest.run.bursts, most));
    granule.write = request.write;
    granule.row_number = rest.run.row;
    banks_.look_up(granule, base);
    if (observer_) places_.push_back({rest.run.column, request.arrival});
    bursts += granule.bursts;
    rest.serve(request, granule.bursts);
  } while (batch_.size() < kBatch && !rest.done(request) && !(banks & bit_of(rest.run.bank)));
  return bursts;
}

void FastPseudoChannel::count_opened(const Granule& granule, std::int64_t activate) {
  opened_at_ = std::min(opened_at_, activate);
  const bool conflict = granule.row == RowState::conflict;
  ++counts_.commands[index(Command::act)];
  counts_.commands[index(Command::act1)] += timings_.two_step_activate;
  counts_.commands[index(Command::pre)] += conflict;
  ++(conflict ? counts_.row_conflicts : counts_.row_misses);
}

}  // namespace npulse::dram
