// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/fast_pseudo_channel.h"

#include <algorithm>
#include <bit>

#include "arch/dram/power_of_two.h"
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
      posted_writes_{controller.write_response == WriteResponse::queued},
      burst_{part.burst},
      burst_data_{part.burst_data},
      group_shift_{log2_of(part.organisation.banks)},
      rank_shift_{log2_of(part.organisation.banks * part.organisation.bank_groups)},
      state_{part, number, lookahead_of(part, controller), memo},
      timings_{part},
      drain_{controller},
      refresh_interval_{part.t_refi},
      refresh_due_{controller.refresh == RefreshMode::none ? kNever : part.t_refi},
      banks_(static_cast<std::size_t>(part.organisation.total_banks())),
      group_ok_(banks_.size() >> group_shift_),
      rank_ok_(banks_.size() >> rank_shift_) {}

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
         same_requests(other) && same_banks(other) && state_.in_step_with(other.state_);
}

bool FastPseudoChannel::same_requests(const FastPseudoChannel& other) const {
  return backlog_ == other.backlog_ && promised_.same_after(base().count(), other.promised_) &&
         drain_.direction() == other.drain_.direction() && window_.same_requests(other.window_) &&
         held_ == other.held_ && inbox_ == other.inbox_;
}

/// What they allow from the base on.
bool FastPseudoChannel::same_banks(const FastPseudoChannel& other) const {
  const std::int64_t base = state_.base().count();
  const auto same = [base](std::int64_t a, std::int64_t b) {
    return std::max(a, base) == std::max(b, base);
  };
  const auto same_bank = [&](const Bank& a, const Bank& b) {
    return a.open == b.open && same(a.act_ok, b.act_ok) &&
           (!a.open || (a.row == b.row && same(a.pre_ok, b.pre_ok) &&
                        same(a.col_ok[0], b.col_ok[0]) && same(a.col_ok[1], b.col_ok[1])));
  };
  return rank_ == other.rank_ &&
         std::equal(banks_.begin(), banks_.end(), other.banks_.begin(), same_bank) &&
         std::equal(group_ok_.begin(), group_ok_.end(), other.group_ok_.begin(), same) &&
         std::equal(rank_ok_.begin(), rank_ok_.end(), other.rank_ok_.begin(), same);
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
  bool any_open = false;
  std::int64_t quiet = refresh_due_.count();
  for (const Bank& bank : banks_) {
    any_open |= bank.open;
    quiet = std::max(quiet, bank.act_ok - timings_.pre_refresh);
    if (bank.open) quiet = std::max(quiet, bank.pre_ok);
  }
  if (!any_open) {
    for (const Bank& bank : banks_) quiet = std::max(quiet, bank.act_ok);
  }
  settle(refresh_due_);
  opened_at_ = kNever.count();
  const std::int64_t open = state_.refresh(quiet, any_open, observer_);
  promised_.forget_until(base().count());
  for (Bank& bank : banks_) bank = {open, 0, {}, 0, false};
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
  admit_held(now, sink);
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
  const WaitingList& list = window_.waiting(direction);
  const std::int64_t base = state_.base().count();
  const std::int64_t act_col = timings_.act_col[direction == Direction::write];
  const std::size_t count = std::min(list.size(), looked_at_);
  std::size_t best = 0;
  std::int64_t best_rank = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 0; i < count; ++i) {
    const RowRun& run = list[i].run;
    const Bank& bank = banks_[run.bank];
    const bool hit = bank.open && bank.row == run.row;
    const std::int64_t opened =
        bank.open ? std::max(base, bank.pre_ok) + timings_.pre_act : std::max(base, bank.act_ok);
    const std::int64_t buses =
        std::max({base, group_ok_[run.bank >> group_shift_], rank_ok_[run.bank >> rank_shift_]});
    const std::int64_t at = hit ? buses : std::max(buses, opened + act_col);
    const std::int64_t rank = 2 * at + !hit;
    best = rank < best_rank ? i : best;
    best_rank = std::min(rank, best_rank);
    if (rank == 2 * base) break;  // nothing can be better
  }
  return best;
}

void FastPseudoChannel::serve(Direction direction, std::size_t place, CompletionSink& sink) {
  Waiting& waiting = window_.waiting(direction)[place];
  const std::int64_t base = state_.base().count();
  batch_.clear();
  places_.clear();
  std::int64_t bursts = 0;
  while (batch_.size() < kBatch && can_take(waiting)) {
    take(waiting, base);
    bursts += batch_.back().bursts;
  }
  const BatchPlacement result =
      observer_ ? state_.reserve(batch_, *observer_, places_) : state_.reserve(batch_);
  counts_.commands[index(Command::cas)] += result.syncs;
  std::int64_t end = 0;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    account(batch_[i], places_[i], result.granules[i], base);
    const std::int64_t last = base + result.granules[i].last_column;
    promised_.add(direction, batch_[i].bursts, last);
    end = std::max(end, last);
  }
  window_.served(direction, bursts);
  if (!waiting.done()) return;
  if (!(waiting.request.write && posted_writes_)) {
    const std::int64_t latency = timings_.latency[waiting.request.write];
    sink.completed(waiting.request, Cycles{end + latency} + burst_);
  }
  window_.remove(direction, place);
}

/// What a granule finds in its bank must be known, so a batch has at most one of a bank.
bool FastPseudoChannel::can_take(const Waiting& waiting) const {
  if (waiting.done()) return false;
  const std::uint8_t bank = waiting.run.bank;
  return std::none_of(batch_.begin(), batch_.end(),
                      [&](const Granule& g) { return g.bank == bank; });
}

void FastPseudoChannel::take(Waiting& waiting, std::int64_t base) {
  // Field by field in place: copying what was just written in pieces stalls the processor.
  const RowRun& run = waiting.run;
  const Bank& bank = banks_[run.bank];
  Granule& granule = batch_.emplace_back();
  granule.bank = run.bank;
  granule.bursts = static_cast<std::uint8_t>(std::min(run.bursts, granule_[waiting.request.write]));
  granule.write = waiting.request.write;
  granule.row = RowState::closed;
  if (bank.open) granule.row = bank.row == run.row ? RowState::hit : RowState::conflict;
  const auto wait = [&](std::int64_t tick) { return std::max<std::int64_t>(0, tick - base); };
  if (granule.row == RowState::hit) granule.first_ok = wait(bank.col_ok[granule.write]);
  if (granule.row == RowState::conflict) granule.first_ok = wait(bank.pre_ok);
  if (granule.row != RowState::hit) granule.act_ok = wait(bank.act_ok);
  Place& place = places_.emplace_back();
  place.row = run.row;
  place.column = run.column;
  place.arrival = waiting.request.arrival;
  waiting.serve(granule.bursts);
}

void FastPseudoChannel::account(const Granule& granule, const Place& place,
                                const Placement& placement, std::int64_t base) {
  counts_.commands[index(granule.write ? Command::wr : Command::rd)] += granule.bursts;
  counts_.data_ticks += granule.bursts * burst_data_.count();
  Bank& bank = banks_[granule.bank];
  const std::int64_t last = base + placement.last_column;
  if (granule.row != RowState::hit) {
    const std::int64_t at = base + placement.activate;
    opened_at_ = std::min(opened_at_, at);
    bank = {at + timings_.act_act_bank,
            at + timings_.act_pre,
            {at + timings_.act_col[0], at + timings_.act_col[1]},
            place.row,
            true};
    ++counts_.commands[index(Command::act)];
    counts_.commands[index(Command::act1)] += timings_.two_step_activate;
    const bool conflict = granule.row == RowState::conflict;
    counts_.commands[index(Command::pre)] += conflict;
    ++(conflict ? counts_.row_conflicts : counts_.row_misses);
  }
  bank.pre_ok = std::max(bank.pre_ok, last + timings_.col_pre[granule.write]);
  group_ok_[granule.bank >> group_shift_] =
      last + timings_.col_col_group[granule.write][granule.write];
  const std::size_t rank = granule.bank >> rank_shift_;
  for (std::size_t other = 0; other < rank_ok_.size(); ++other) {
    if (other != rank) rank_ok_[other] = std::max(rank_ok_[other], last + timings_.other_rank);
  }
  if (rank != rank_) rank_ok_[rank] = 0;
  rank_ = rank;
}

}  // namespace npulse::dram
