// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/granule_scheduler.h"

#include <algorithm>
#include <limits>

#include "arch/dram/bank_mask.h"

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

GranuleScheduler::GranuleScheduler(const ResolvedPart& part, const ControllerParams& controller,
                                   std::uint8_t number, MemoTable* memo, CommandObserver* observer)
    : observer_{observer},
      window_bursts_{controller.queue_bursts},
      granule_{granule_of(part, 0), granule_of(part, 1)},
      looked_at_{controller.scheduler == Scheduler::fcfs ? 1 : kLookedAt},
      pass_limit_{controller.pass_limit},
      state_{part, number, lookahead_of(part, controller), memo},
      drain_{controller},
      banks_{part} {}

bool GranuleScheduler::in_step_with(const GranuleScheduler& other) const {
  return base() == other.base() && passed_ == other.passed_ &&
         promised_.same_after(base().count(), other.promised_) &&
         drain_.direction() == other.drain_.direction() && window_.same_requests(other.window_) &&
         held_ == other.held_ && banks_.same_after(base().count(), other.banks_) &&
         state_.in_step_with(other.state_);
}

bool GranuleScheduler::refresh(Cycles due) {
  const bool any_open = banks_.any_open();
  const std::int64_t quiet = std::max(due.count(), banks_.quiet());
  const std::int64_t open = state_.refresh(quiet, any_open, observer_);
  promised_.forget_until(base().count());
  banks_.close_all(open);
  return any_open;
}

void GranuleScheduler::begin(Cycles now) {
  state_.advance_base(now);
  promised_.forget_until(base().count());
}

std::span<const Request> GranuleScheduler::release_held() {
  released_.clear();
  if (held_.empty()) return {};
  std::size_t kept = 0;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    if (must_wait(held_[i], kept) || is_full(held_[i])) {
      held_[kept++] = held_[i];
    } else {
      window_.insert(held_[i]);
      released_.push_back(held_[i]);
    }
  }
  held_.resize(kept);
  return released_;
}

Admission GranuleScheduler::offer(const Request& request) {
  if (is_full(request)) return Admission::refused;
  if (!must_wait(request, held_.size())) {
    window_.insert(request);
    return Admission::entered;
  }
  if (held_.size() == kHeld) return Admission::refused;
  held_.push_back(request);
  return Admission::held;
}

bool GranuleScheduler::must_wait(const Request& request, std::size_t held_before) const {
  if (window_.conflicts(request)) return true;
  return std::any_of(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(held_before),
                     [&](const Request& other) { return share_bursts(request, other); });
}

/// Bursts leave the scheduler's queue when their columns go. A granule is chosen earlier than its
/// first burst would be, so rather less than half of what is promised counts: chosen against the
/// reference engine (docs/benchmarks.md).
std::int64_t GranuleScheduler::room(Direction direction) const {
  const std::int64_t waiting = window_.bursts(direction);
  if (waiting == 0) return std::numeric_limits<std::int64_t>::max();
  return window_bursts_ - waiting - promised_.bursts(direction) * 4 / 9;
}

/// Writes go when a read waits for one, or one for room.
void GranuleScheduler::unblock(const Request* next) {
  if (window_.bursts(Direction::write) == 0) return;
  const bool read_waits = !held_.empty() && !held_.front().write;
  const bool no_room = next && next->write && is_full(*next);
  if (read_waits || no_room) drain_.force(Direction::write);
}

/// The request whose data can begin first; then one that hits, then the oldest.
std::size_t GranuleScheduler::choose(Direction direction) const {
  if (pass_limit_ && passed_[direction == Direction::write] >= *pass_limit_) return 0;
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

Served GranuleScheduler::serve(const Request* next, Request& finished) {
  drain_.choose(window_.bursts(Direction::read) != 0, window_.bursts(Direction::write));
  unblock(next);
  const Direction direction = drain_.direction();
  const std::size_t place = choose(direction);
  Waiting& waiting = window_.waiting(direction)[place];
  Served served = reserve_batch(direction, waiting);
  served.place = static_cast<std::uint8_t>(place);
  served.finished = waiting.rest.done(waiting.request);
  if (pass_limit_) {
    std::int64_t& passed = passed_[served.write];
    passed = place == 0 ? 0 : std::min(*pass_limit_, passed + served.bursts);
  }
  window_.served(direction, served.bursts);
  if (served.finished) {
    finished = waiting.request;
    window_.remove(direction, place);
  }
  return served;
}

Served GranuleScheduler::reserve_batch(Direction direction, Waiting& waiting) {
  const std::int64_t base = state_.base().count();
  Served served;
  served.write = waiting.request.write;
  served.bursts = static_cast<std::uint16_t>(fill_batch(waiting, base));
  const std::span<const Granule> batch{batch_.data(), batch_.size()};
  const BatchPlacement result =
      observer_ ? state_.reserve(batch, *observer_, places_) : state_.reserve(batch);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Granule& granule = batch[i];
    const Placement& place = result.granules[i];
    banks_.reserved(granule, base + place.activate, base + place.last_column);
    promised_.add(direction, granule.bursts, base + place.last_column);
    served.last_column = std::max(served.last_column, place.last_column);
    if (granule.row == RowState::hit) continue;
    const bool first = served.activates++ == 0;
    served.first_activate = first ? place.activate : std::min(served.first_activate, place.activate);
    if (granule.row == RowState::conflict) ++served.conflicts;
  }
  served.syncs = result.syncs;
  return served;
}

/// What a granule finds in its bank must be known, so a batch has at most one of a bank.
std::int64_t GranuleScheduler::fill_batch(Waiting& waiting, std::int64_t base) {
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

Direction GranuleScheduler::only_direction() const {
  return window_.waiting(Direction::write).empty() ? Direction::read : Direction::write;
}

std::int64_t GranuleScheduler::room() const {
  return room(only_direction());
}

bool GranuleScheduler::encode(StateCode& code, RowNames& rows, AgeList<Request>& requests) {
  promised_.forget_until(base().count());
  StateWriter writer{code, base().count(), rows};
  writer.require(one_direction());
  const Direction direction = only_direction();
  writer.number(static_cast<std::int64_t>(direction));
  writer.number(static_cast<std::int64_t>(drain_.direction()));
  for (const std::int64_t bursts : passed_) writer.number(bursts);
  banks_.encode(writer);
  promised_.encode(writer);
  window_.encode(writer, direction);
  if (!writer.fits()) return false;
  state_.encode(code);
  requests.clear();
  for (const Waiting& waiting : window_.waiting(direction)) requests.push(waiting.request);
  return true;
}

void GranuleScheduler::decode(const StateCode& code, std::int64_t base, const RowNames& rows,
                              const AgeList<Request>& requests) {
  StateReader reader{code, state_.tick_of(base), rows};
  Direction direction{};
  reader.number(direction);
  reader.number(direction);
  drain_.force(direction);
  for (std::int64_t& bursts : passed_) reader.number(bursts);
  banks_.decode(reader);
  promised_.decode(reader);
  window_.decode(reader, requests);
  held_.clear();
  state_.decode(reader.rest(), base);
}

}  // namespace npulse::dram
