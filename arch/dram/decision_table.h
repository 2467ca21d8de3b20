// SPDX-License-Identifier: Apache-2.0
// Remembers what a scheduler's decisions do to its whole state, so that each is made only once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "arch/dram/granule_scheduler.h"
#include "arch/dram/key_table.h"
#include "arch/dram/state_code.h"

namespace npulse::dram {

/// Encoded states of a GranuleScheduler, and what follows each: a decision, a request that enters, a
/// refresh, time that passes. Shared by all channels of a memory; a full table takes nothing more
/// in, so that memory is bounded. intern() and insert() are virtual so that a test can forget a part
/// of states and keys.
class DecisionTable {
 public:
  using Key = TableKey;
  struct State;
  struct Step {
    State* next = nullptr;     ///< Null: not known.
    std::uint64_t rows = 0;    ///< Place of each row's name before, four bits each, the first lowest.
    std::int64_t base_step = 0;  ///< In column cells.
  };
  struct State {
    std::uint32_t number = 0;
    std::uint8_t rows = 0;  ///< How many it names.
    bool any_open = false;
    std::int64_t room = 0;  ///< See GranuleScheduler::room.
    const StateCode* code = nullptr;
    Step decision;  ///< What serving leads to, and what it does.
    Served served;
    Key asked;  ///< What was found last, which in a stream is what comes again.
    Step answer;
  };

  /// It is not asked for the first `warm_up` decisions: short runs do not repeat enough.
  explicit DecisionTable(std::int64_t warm_up = kWarmUp) : pause_{warm_up} {}
  virtual ~DecisionTable() = default;
  DecisionTable(const DecisionTable&) = delete;
  DecisionTable& operator=(const DecisionTable&) = delete;

  /// The state of a scheduler that encoded itself so; null when the table is full.
  virtual State* intern(const StateCode& code, std::size_t rows, const GranuleScheduler& scheduler);
  const Step* find(const Key& key) const { return steps_.find(key); }
  virtual void insert(const Key& key, const Step& step);
  std::size_t states() const { return states_.size(); }
  std::size_t steps() const { return steps_.size(); }

  /// Whether it pays to ask: not for a while after traffic that did not repeat.
  bool pays() {
    if (pause_ > 0 && --pause_ == 0) credit_ = std::max(credit_, kRetryCredit);
    return pause_ == 0;
  }
  bool paused() const { return pause_ > 0; }
  void hit() { credit_ += credit_ < kMaxCredit; }
  void missed();

 private:
  static constexpr std::int64_t kWarmUp = 1 << 13;
  static constexpr std::int64_t kMaxCredit = 1 << 19, kRetryCredit = 1 << 13;

  std::unordered_map<StateCode, State, StateCodeHash> states_;
  KeyTable<Step> steps_;
  std::int64_t credit_ = kMaxCredit;
  std::int64_t pause_;  ///< Decisions for which it is not asked.
};

}  // namespace npulse::dram
