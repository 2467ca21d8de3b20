// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/decision_table.h"

namespace npulse::dram {
namespace {

constexpr std::size_t kMaxStates = 1 << 15;
constexpr std::size_t kMaxSteps = 1 << 17;

// What a miss costs more than no table, in hits' savings.
constexpr std::int64_t kMissCost = 64;
constexpr std::int64_t kPause = 1 << 17;

}  // namespace

DecisionTable::State* DecisionTable::intern(const StateCode& code, std::size_t rows,
                                            const GranuleScheduler& scheduler) {
  if (const auto known = states_.find(code); known != states_.end()) return &known->second;
  if (states_.size() == kMaxStates) return nullptr;
  const auto [made, added] = states_.try_emplace(code);
  State& state = made->second;
  state.number = static_cast<std::uint32_t>(states_.size());
  state.rows = static_cast<std::uint8_t>(rows);
  state.any_open = scheduler.any_open();
  state.room = scheduler.room();
  state.code = &made->first;
  return &state;
}

void DecisionTable::insert(const Key& key, const Step& step) {
  if (steps_.size() < kMaxSteps) steps_.insert(key, step);
}

void DecisionTable::missed() {
  credit_ -= kMissCost;
  if (credit_ < 0 && pause_ == 0) pause_ = kPause;
}

}  // namespace npulse::dram
