// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/memo.h"

#include <algorithm>

namespace npulse::dram {
namespace {

constexpr std::size_t kMaxStates = 1 << 17;
constexpr std::size_t kMaxSteps = 1 << 21;
constexpr std::size_t kFirstSlots = 1 << 12;

// A miss costs about this many times what a hit saves.
constexpr std::int64_t kMissCost = 6;
constexpr std::int64_t kMaxCredit = 1 << 18;
constexpr std::int64_t kRetryCredit = 1 << 13;
constexpr std::int64_t kPause = 1 << 16;

/// The base moves at most this far within a step's number; further, and the state is made anew.
constexpr std::int64_t kMaxBehind = 255;

std::uint32_t step_of(const Granule& granule, std::size_t anchor, std::int64_t behind) {
  return static_cast<std::uint32_t>(behind) << 16 | static_cast<std::uint32_t>(granule.row) << 14 |
         static_cast<std::uint32_t>(granule.write) << 13 |
         static_cast<std::uint32_t>(granule.bursts) << 8 |
         static_cast<std::uint32_t>(granule.bank ^ anchor);
}

}  // namespace

MemoTable::MemoTable()
    : slots_(kFirstSlots), shift_{64 - std::countr_zero(std::uint64_t{kFirstSlots})} {}

std::size_t MemoTable::Hash::operator()(const Reservation::Code& code) const {
  std::uint64_t hash = 0x9E3779B97F4A7C15u;
  for (const std::uint16_t word : code) hash = (std::rotl(hash, 5) ^ word) * 0x94D049BB133111EBu;
  return static_cast<std::size_t>(hash ^ hash >> 32);
}

std::optional<MemoTable::StateId> MemoTable::intern(const Reservation::Code& code) {
  const auto found = ids_.find(code);
  if (found != ids_.end()) return found->second;
  if (states_.size() == kMaxStates) return std::nullopt;
  const auto id = static_cast<StateId>(states_.size());
  states_.push_back(&ids_.emplace(code, id).first->first);
  return id;
}

const MemoTable::Step* MemoTable::find(StateId state, std::uint32_t step) const {
  const std::uint64_t key = key_of(state, step);
  for (std::size_t i = first_slot(key);; i = (i + 1) & (slots_.size() - 1)) {
    if (slots_[i].key == key) return &slots_[i].step;
    if (slots_[i].key == 0) return nullptr;
  }
}

void MemoTable::insert(StateId state, std::uint32_t step, const Step& result) {
  if (used_ == kMaxSteps) return;
  if (2 * used_ >= slots_.size()) grow();
  const std::uint64_t key = key_of(state, step);
  std::size_t i = first_slot(key);
  while (slots_[i].key != 0) i = (i + 1) & (slots_.size() - 1);
  slots_[i] = {key, result};
  ++used_;
}

void MemoTable::grow() {
  std::vector<Slot> old(4 * slots_.size());
  old.swap(slots_);
  shift_ -= 2;
  for (const Slot& slot : old) {
    if (slot.key == 0) continue;
    std::size_t i = first_slot(slot.key);
    while (slots_[i].key != 0) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = slot;
  }
}

MemoizedReservation::MemoizedReservation(const ResolvedPart& part, std::uint8_t pseudo_channel,
                                         std::int64_t lookahead, MemoTable* table)
    : live_{part, pseudo_channel, lookahead},
      grid_{live_.grids().column},
      table_{table},
      credit_{kMaxCredit} {}

void MemoizedReservation::advance_base(Cycles tick) {
  const std::int64_t cell = grid_.cell_at_or_after(tick.count());
  if (cell <= base_) return;
  behind_ += cell - base_;
  base_ = cell;
}

Placement MemoizedReservation::reserve(const Granule& granule) {
  if (pause_ > 0 && --pause_ == 0) credit_ = kRetryCredit;
  if (behind_ > kMaxBehind) materialise();
  if (table_ && !state_ && pause_ == 0) settle();
  if (!state_) return reserve_live(granule, nullptr, 0, 0);
  const MemoTable::StateId from = *state_;
  const std::uint32_t step = step_of(granule, anchor_, behind_);
  if (const MemoTable::Step* known = table_->find(from, step)) {
    credit_ = std::min(credit_ + 1, kMaxCredit);
    state_ = known->next;
    live_current_ = false;
    anchor_ = granule.bank;
    base_ += known->placement.base_step;
    behind_ = 0;
    return known->placement;
  }
  const Placement placement = reserve_live(granule, nullptr, 0, 0);
  credit_ -= kMissCost;
  if (credit_ < 0) pause_ = kPause;
  settle();
  if (state_) table_->insert(from, step, {*state_, placement});
  return placement;
}

Placement MemoizedReservation::reserve(const Granule& granule, CommandObserver& observer,
                                       std::uint32_t row, std::uint16_t column) {
  return reserve_live(granule, &observer, row, column);
}

Placement MemoizedReservation::reserve_live(const Granule& granule, CommandObserver* observer,
                                            std::uint32_t row, std::uint16_t column) {
  materialise();
  const Placement placement = live_.reserve(granule, observer, row, column);
  base_ += placement.base_step;
  anchor_ = granule.bank;
  return placement;
}

void MemoizedReservation::refresh(Cycles due, bool any_open, CommandObserver* observer) {
  materialise();
  live_.refresh(due, any_open, observer);
  base_ = live_.base_cell();
}

void MemoizedReservation::materialise() {
  if (!live_current_) live_.decode(table_->state(*state_), base_ - behind_, anchor_);
  live_current_ = true;
  state_.reset();
  behind_ = 0;
  live_.advance_base(base());
}

void MemoizedReservation::settle() {
  code_.clear();
  live_.encode(code_, anchor_);
  state_ = table_->intern(code_);
}

}  // namespace npulse::dram
