// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/refresh_scheduler.h"

#include <bit>
#include <tuple>

namespace npulse::dram {
namespace {

BankMask every(std::size_t stride, std::int64_t banks) {
  BankMask mask = 0;
  for (std::size_t b = 0; b < static_cast<std::size_t>(banks); b += stride) mask |= bit_of(b);
  return mask;
}

std::size_t sets_of(const ResolvedPart& part, RefreshMode mode) {
  return mode == RefreshMode::per_bank ? static_cast<std::size_t>(part.refresh_sets) : 1;
}

/// Limits count refreshes of all banks.
std::int64_t in_sets(std::int64_t limit, const ResolvedPart& part, RefreshMode mode) {
  if (mode == RefreshMode::none) return 0;  // nor is anything done ahead
  return limit * static_cast<std::int64_t>(sets_of(part, mode));
}

Cycles interval_of(const ResolvedPart& part, RefreshMode mode) {
  switch (mode) {
    case RefreshMode::all_bank:
      return part.t_refi;
    case RefreshMode::per_bank:
      return part.t_refi_pb;
    case RefreshMode::none:
      return kNever;
  }
  throw InternalError{"a refresh mode without interval"};
}

}  // namespace

RefreshScheduler::RefreshScheduler(const ResolvedPart& part, const ControllerParams& controller)
    : sets_{sets_of(part, controller.refresh)},
      first_set_{every(sets_, part.organisation.total_banks())},
      interval_{interval_of(part, controller.refresh)},
      due_{interval_},
      postpone_{in_sets(controller.refresh_postpone_max, part, controller.refresh)},
      pull_in_{in_sets(controller.refresh_pull_in_max, part, controller.refresh)},
      banks_{first_set_} {}

void RefreshScheduler::update(Cycles now, BankMask waiting, BankMask open) {
  accrue(now);
  if (owed_ <= -pull_in_) {
    need_ = Need::none;
    return;
  }
  const bool chosen = need_ == Need::overdue;  // stays, so that it comes to its end
  need_ = Need::overdue;
  if (sets_ > 1 && !chosen) {
    set_ = best_set(waiting, open);
    banks_ = banks_of(set_);
  }
  if (owed_ > postpone_) return;
  const BankMask in_the_way = owed_ > 0 ? waiting & banks_ : waiting;
  need_ = in_the_way ? Need::none : Need::welcome;
}

std::size_t RefreshScheduler::best_set(BankMask waiting, BankMask open) const {
  std::size_t best = 0;
  std::tuple<bool, int, int> best_cost{true, 0, 0};
  for (std::size_t set = 0; set < sets_; ++set) {
    const BankMask banks = banks_of(set);
    const std::tuple cost{(done_ & bit_of(set)) != 0, std::popcount(waiting & banks),
                          std::popcount(open & banks)};
    if (set == 0 || cost < best_cost) best = set, best_cost = cost;
  }
  return best;
}

void RefreshScheduler::refreshed() {
  --owed_;
  need_ = Need::none;
  done_ |= bit_of(set_);
  if (static_cast<std::size_t>(std::popcount(done_)) == sets_) done_ = 0;
}

void RefreshScheduler::resume(Cycles now) {
  accrue(now);
  owed_ = 0;
  done_ = 0;
}

}  // namespace npulse::dram
