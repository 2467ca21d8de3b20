// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/fast_pseudo_channel.h"

#include <algorithm>
#include <bit>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

constexpr Cycles kNever{std::numeric_limits<std::int64_t>::max()};

std::size_t log2_of(std::int64_t n) {
  return static_cast<std::size_t>(std::countr_zero(static_cast<std::uint64_t>(n)));
}

/// Distance of the base from the end of the promised data, in column cells: enough to close and open
/// a row behind other data and to lay three granules side by side, and less than the queue, which is
/// for choosing. Chosen against the reference engine (docs/dram.md).
std::int64_t lookahead_of(const ResolvedPart& part, const ControllerParams& controller) {
  const ReservationTimings timings{part};
  const CommandGrids grids{part, 0};
  const std::int64_t row = timings.pre_act + timings.act_col[0];
  const std::int64_t wanted =
      ceil_div(row, grids.column.period) + 3 * FastPseudoChannel::kGranule;
  const std::int64_t most = controller.queue_bursts * grids.column_width * 7 / 10;
  return std::clamp<std::int64_t>(std::min(wanted, most), 1, SlotRing::kDepth);
}

}  // namespace

FastPseudoChannel::FastPseudoChannel(const ResolvedPart& part, const ControllerParams& controller,
                                     std::uint8_t number, ChannelCounts& counts, MemoTable* memo,
                                     CommandObserver* observer)
    : counts_{counts},
      observer_{observer},
      window_bursts_{controller.queue_bursts},
      posted_writes_{controller.write_response == WriteResponse::queued},
      burst_{part.burst},
      group_shift_{log2_of(part.organisation.banks)},
      rank_shift_{log2_of(part.organisation.banks * part.organisation.bank_groups)},
      state_{part, number, lookahead_of(part, controller), memo},
      window_{static_cast<std::size_t>(part.organisation.total_banks()),
              static_cast<std::size_t>(2 * controller.queue_bursts)},
      drain_{controller},
      refresh_{part.t_refi},
      precharge_ok_(static_cast<std::size_t>(part.organisation.total_banks())),
      column_ok_(precharge_ok_.size() >> group_shift_) {
  const ReservationTimings timings{part};
  open_ticks_ = timings.pre_act;
  activate_ticks_ = timings.act_col;
  other_rank_ = timings.other_rank;
  same_group_ = timings.col_col_group[0][0];
}

void FastPseudoChannel::push(const Request& request) {
  ensure(request.bursts <= window_bursts_, "a request is longer than the scheduler's queue");
  inbox_.push(request);
  backlog_ += request.bursts;
}

Cycles FastPseudoChannel::next_decision() const {
  if (!window_.empty()) return base();
  return inbox_.empty() ? kNever : std::max(base(), inbox_.front().arrival);
}

void FastPseudoChannel::advance(Cycles until, CompletionSink& sink) {
  while (true) {
    const Cycles decision = next_decision();
    if (refresh_.due() <= decision) {
      if (refresh_.due() >= until) return;
      refresh();
    } else {
      if (decision >= until) return;
      decide(decision, sink);
    }
  }
}

void FastPseudoChannel::refresh() {
  state_.refresh(refresh_.due(), open_ != 0, observer_);
  counts_.commands[index(Command::preab)] += open_ != 0;
  ++counts_.commands[index(Command::refab)];
  for (BankMask banks = open_; banks; banks &= banks - 1) {
    window_.row_closed(static_cast<std::size_t>(std::countr_zero(banks)));
  }
  open_ = 0;
  refresh_.refreshed();
}

void FastPseudoChannel::decide(Cycles now, CompletionSink& sink) {
  state_.advance_base(now);
  admit(now, sink);
  drain_.choose(window_);
  if (blocked_) unblock();
  const Direction direction = drain_.direction();
  serve(direction, choose(direction), sink);
}

void FastPseudoChannel::admit(Cycles now, CompletionSink& sink) {
  blocked_ = false;
  while (!inbox_.empty() && inbox_.front().arrival <= now) {
    const Request& request = inbox_.front();
    const bool full = window_.bursts(direction_of(request)) + request.bursts > window_bursts_;
    blocked_ = full || window_.conflicts(request);
    if (blocked_) return;
    window_.insert(request);
    backlog_ -= request.bursts;
    admitted_at_ = now;
    if (request.write && posted_writes_) sink.completed(request, now);
    inbox_.pop();
  }
}

/// The head of the inbox can only go on when some of those in its way are gone.
void FastPseudoChannel::unblock() {
  const Request& head = inbox_.front();
  if (window_.conflicts(head)) {
    drain_.force(opposite(direction_of(head)));
  } else if (head.write) {
    drain_.force(Direction::write);
  }
}

/// The bank whose data can begin first; then a hit, then the oldest.
std::size_t FastPseudoChannel::choose(Direction direction) const {
  const BankMask hits = window_.hits(direction);
  const std::int64_t base = state_.base().count();
  Candidate best;
  for (BankMask banks = window_.waiting(direction); banks; banks &= banks - 1) {
    const auto bank = static_cast<std::size_t>(std::countr_zero(banks));
    const bool hit = hits & bit_of(bank);
    Candidate candidate{bank, std::max(base, column_ok_[bank >> group_shift_]), hit,
                        hit ? window_.hit_age(direction, bank) : window_.oldest_age(direction, bank)};
    if (!hit) {
      const std::int64_t open =
          open_ & bit_of(bank) ? std::max(base, precharge_ok_[bank]) + open_ticks_ : base;
      candidate.at = std::max(candidate.at, open + activate_ticks_[direction == Direction::write]);
    }
    if (bank >> rank_shift_ != last_rank_) candidate.at = std::max(candidate.at, other_rank_ok_);
    if (candidate.before(best)) best = candidate;
  }
  return best.bank;
}

void FastPseudoChannel::serve(Direction direction, std::size_t bank, CompletionSink& sink) {
  const bool hits = window_.hits(direction) & bit_of(bank);
  const Request& request = hits ? window_.hit(direction, bank) : window_.oldest(direction, bank);
  const std::uint16_t bursts = std::min(request.bursts, kGranule);
  const bool open = open_ & bit_of(bank);
  const Granule granule{static_cast<std::uint8_t>(bank), static_cast<std::uint8_t>(bursts),
                    request.write,
                    hits ? RowState::hit : (open ? RowState::conflict : RowState::closed)};
  const std::int64_t base = state_.base().count();
  const Placement placement =
      observer_ ? state_.reserve(granule, *observer_, request.at.row, request.at.column)
                : state_.reserve(granule);
  precharge_ok_[bank] = base + placement.precharge_ok;
  column_ok_[bank >> group_shift_] = base + placement.last_column + same_group_;
  other_rank_ok_ = std::max(other_rank_ok_, base + placement.last_column + other_rank_);
  last_rank_ = bank >> rank_shift_;
  count(granule, placement);
  if (!hits) {
    window_.row_opened(bank, request.at.row);
    open_ |= bit_of(bank);
  }
  const auto served = window_.serve_hit(direction, bank, bursts);
  if (served && !(served->write && posted_writes_)) {
    sink.completed(*served, Cycles{base + placement.data_end});
  }
}

void FastPseudoChannel::count(const Granule& granule, const Placement& placement) {
  counts_.commands[index(granule.write ? Command::wr : Command::rd)] += granule.bursts;
  counts_.commands[index(Command::cas)] += placement.syncs;
  counts_.data_ticks += granule.bursts * burst_.count();
  if (granule.row == RowState::hit) return;
  ++counts_.commands[index(Command::act)];
  if (state_.live().timings().two_step_activate) ++counts_.commands[index(Command::act1)];
  if (granule.row == RowState::closed) {
    ++counts_.row_misses;
  } else {
    ++counts_.row_conflicts;
    ++counts_.commands[index(Command::pre)];
  }
}

}  // namespace npulse::dram
