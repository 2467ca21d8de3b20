// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/memo.h"

#include <algorithm>

namespace npulse::dram {
namespace {

constexpr std::size_t kMaxStates = 1 << 16;
constexpr std::size_t kMaxSteps = 1 << 17;

// What a miss costs more than no table, in hits' savings.
constexpr std::int64_t kMissCost = 32;
constexpr std::int64_t kMaxCredit = 1 << 15;
constexpr std::int64_t kRetryCredit = 1 << 12;
constexpr std::int64_t kPause = 1 << 16;

// Limits of the packed key: all bits of a byte, so that one of several is larger when their OR is.
constexpr std::int64_t kMaxBehind = 255;
constexpr std::int64_t kMaxWait = 255;

}  // namespace

std::optional<MemoTable::StateId> MemoTable::intern(const StateCode& code) {
  const auto found = ids_.find(code);
  if (found != ids_.end()) return found->second;
  if (states_.size() == kMaxStates) return std::nullopt;
  const auto id = static_cast<StateId>(states_.size());
  states_.push_back(&ids_.emplace(code, id).first->first);
  return id;
}

void MemoTable::insert(const Key& key, const Step& result) {
  if (steps_.size() < kMaxSteps) steps_.insert(key, result);
}

MemoizedReservation::MemoizedReservation(const ResolvedPart& part, std::uint8_t pseudo_channel,
                                         std::int64_t lookahead, MemoTable* table)
    : live_{part, pseudo_channel, lookahead},
      grid_{live_.grids().column},
      table_{table},
      credit_{kMaxCredit} {}

void MemoizedReservation::advance_base(Cycles tick) {
  if (tick <= base()) return;
  const std::int64_t cell = grid_.cell_at_or_after(tick.count());
  behind_ += cell - base_;
  base_ = cell;
}

std::optional<MemoTable::Key> MemoizedReservation::key_of(std::span<const Granule> batch) const {
  // Made in its place: a copy of what was just written in pieces stalls the processor.
  std::optional<MemoTable::Key> made{std::in_place};
  MemoTable::Key& key = *made;
  key.words[0] = (std::uint64_t{*state_} + 1) << 32 | std::uint64_t{batch[0].write} << 8 |
                 static_cast<std::uint64_t>(behind_);

  std::int64_t waits = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Granule& g = batch[i];
    waits |= g.first_ok | g.act_ok;
    const std::uint64_t packed =
        std::uint64_t{g.bursts} << 24 | static_cast<std::uint64_t>(g.row) << 22 |
        static_cast<std::uint64_t>(live_.group_of(g.bank) ^ renaming_) << 16 |
        static_cast<std::uint64_t>(g.first_ok) << 8 | static_cast<std::uint64_t>(g.act_ok);
    key.words[1 + i / 2] |= packed << (32 * (i % 2));
  }
  if (waits > kMaxWait) made.reset();
  return made;
}

BatchPlacement MemoizedReservation::reserve(std::span<const Granule> batch) {
  if (pause_ > 0 && --pause_ == 0) credit_ = kRetryCredit;
  if (behind_ > kMaxBehind) materialise();
  if (table_ && !state_ && pause_ == 0) settle();
  const auto key = state_ ? key_of(batch) : std::nullopt;
  if (!key) return reserve_live(batch, nullptr, {});
  if (const MemoTable::Step* known = table_->find(*key)) {
    credit_ = std::min(credit_ + 1, kMaxCredit);
    state_ = known->next;
    live_current_ = false;
    renaming_ = live_.renaming(batch.back().bank);
    base_ += known->placement.base_step;
    behind_ = 0;
    return known->placement;
  }
  const BatchPlacement placement = reserve_live(batch, nullptr, {});
  credit_ -= kMissCost;
  if (credit_ < 0) {
    pause_ = kPause;
    return placement;
  }
  settle();
  if (state_) table_->insert(*key, {*state_, placement});
  return placement;
}

BatchPlacement MemoizedReservation::reserve(std::span<const Granule> batch,
                                            CommandObserver& observer,
                                            std::span<const Place> places) {
  return reserve_live(batch, &observer, places);
}

BatchPlacement MemoizedReservation::reserve_live(std::span<const Granule> batch,
                                                 CommandObserver* observer,
                                                 std::span<const Place> places) {
  materialise();
  const std::int64_t syncs = live_.syncs();
  BatchPlacement result;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    result.granules[i] = live_.reserve(batch[i], observer, observer ? places[i] : Place{});
  }
  live_.follow();
  result.base_step = static_cast<std::uint16_t>(live_.base_cell() - base_);
  result.syncs = static_cast<std::uint16_t>(live_.syncs() - syncs);
  base_ = live_.base_cell();
  renaming_ = live_.renaming(batch.back().bank);
  return result;
}

std::int64_t MemoizedReservation::refresh(std::int64_t quiet, bool any_open,
                                          CommandObserver* observer) {
  materialise();
  const std::int64_t open = live_.refresh(quiet, any_open, observer);
  base_ = live_.base_cell();
  return open;
}

bool MemoizedReservation::in_step_with(const MemoizedReservation& other) const {
  if (base_ != other.base_) return false;
  const auto code = [](MemoizedReservation copy) {
    copy.code_.clear();
    copy.encode(copy.code_);
    return copy.code_;
  };
  return code(*this) == code(other);
}

void MemoizedReservation::encode(StateCode& code) {
  materialise();
  live_.encode(code, 0);
}

void MemoizedReservation::decode(std::span<const std::uint16_t> code, std::int64_t base) {
  live_.decode(code, base, 0);
  live_current_ = true;
  state_.reset();
  behind_ = 0;
  base_ = base;
}

void MemoizedReservation::materialise() {
  if (!live_current_) live_.decode(table_->state(*state_), base_ - behind_, renaming_);
  live_current_ = true;
  state_.reset();
  behind_ = 0;
  live_.advance_base(base_);
}

void MemoizedReservation::settle() {
  materialise();
  code_.clear();
  live_.encode(code_, renaming_);
  state_ = table_->intern(code_);
}

}  // namespace npulse::dram
