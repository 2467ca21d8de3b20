// SPDX-License-Identifier: Apache-2.0
#include "tests/support/memory_trial.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <memory>

#include "arch/dram/memory.h"
#include "tests/support/dram_judge.h"
#include "tests/support/expected_bytes.h"

namespace npulse::testing {
namespace {

using namespace npulse::dram;

constexpr int kMostWakes = 1'000'000;

Picoseconds ps(double ns) {
  return Picoseconds{std::llround(ns * 1000)};
}

/// A granule of the fast engine is not cut short: a refresh may come late by as much as if one were
/// put off.
ControllerParams judged(const MemoryParams& memory) {
  ControllerParams controller = memory.controller;
  if (memory.engine == MemoryEngine::fast) controller.refresh_postpone_max = 1;
  return controller;
}

using Judges = std::vector<std::unique_ptr<DramJudge>>;

/// One run of the memory over the traffic of a case.
class Run {
 public:
  Run(const MemoryCase& test, std::span<CommandObserver* const> observers)
      : test_{test}, memory_{test.part, test.memory, observers} {}

  void play() {
    for (const TimedTransaction& next : test_.traffic) {
      wake_until(now_ + next.pause);
      while (fault_.empty() && !offer(next)) wait_for_room(next.transaction);
      if (!fault_.empty()) return;
    }
    while (wake()) {
    }
    const Picoseconds end =
        now_ + Picoseconds{static_cast<std::int64_t>(test_.traffic.size())} * 50'000;
    memory_.settle(end);
    last_tick_ = memory_.part().clock.first_at_or_after(end);
    check_end();
  }

  const std::string& fault() const { return fault_; }
  Cycles last_tick() const { return last_tick_; }
  const std::vector<Picoseconds>& answers() const { return answers_; }
  std::vector<ChannelCounts> counts() const {
    std::vector<ChannelCounts> counts;
    for (std::size_t c = 0; c < memory_.channels(); ++c) counts.push_back(memory_.counts(c));
    return counts;
  }

 private:
  struct Flight {
    std::size_t number;
    Picoseconds soonest;
  };

  void fault(const std::string& what) {
    if (fault_.empty()) fault_ = fmt::format("at {} ps: {}", now_.count(), what);
  }

  bool offer(const TimedTransaction& next) {
    const Picoseconds arrival = now_ + next.ahead;
    const auto id = memory_.offer(now_, next.transaction, arrival);
    if (!id) return false;
    const std::size_t number = answers_.size();
    answers_.emplace_back();
    if (!flights_.emplace(*id, Flight{number, soonest(next.transaction, arrival)}).second) {
      fault("gives a number that is in use");
    }
    return true;
  }

  void wait_for_room(const Transaction& transaction) {
    std::optional<Picoseconds> room;
    while (fault_.empty() && !(room = memory_.room_since(transaction))) {
      if (!wake()) fault("refuses a transaction though it is idle");
    }
    if (room) wake_until(*room);
  }

  Picoseconds soonest(const Transaction& transaction, Picoseconds arrival) const {
    const ControllerParams& c = test_.memory.controller;
    const ResolvedPart& part = memory_.part();
    const bool posted = transaction.write && c.write_response == WriteResponse::queued;
    const Cycles device = posted ? Cycles{0} : (transaction.write ? part.wl : part.rl) + part.burst;
    constexpr Picoseconds kRounding{1};
    return arrival + ps(c.front_end_ns) + part.clock.time_of(device) + ps(c.back_end_ns) -
           kRounding;
  }

  Picoseconds next_wake() const {
    return std::min(memory_.next_advance(), memory_.next_completion());
  }

  /// False when there is nothing to wait for.
  bool wake() {
    const Picoseconds next = next_wake();
    if (next == kEndOfTime || !fault_.empty()) return false;
    if (++wakes_ > kMostWakes) fault("does not come to an end");
    now_ = std::max(now_, next);
    memory_.advance(now_);
    while (const auto id = memory_.take_completed(now_)) answer(*id);
    return true;
  }

  void wake_until(Picoseconds time) {
    while (next_wake() <= time && wake()) {
    }
    now_ = std::max(now_, time);
    memory_.advance(now_);
    while (const auto id = memory_.take_completed(now_)) answer(*id);
  }

  void answer(TransactionId id) {
    const auto flight = flights_.find(id);
    if (flight == flights_.end()) return fault("answers what was not asked");
    if (now_ < flight->second.soonest) fault("answers sooner than the device could");
    answers_[flight->second.number] = now_;
    flights_.erase(flight);
  }

  void check_end() {
    if (!flights_.empty()) fault(fmt::format("{} transactions stay unanswered", flights_.size()));
    if (!memory_.idle() || memory_.in_flight() != 0) fault("is not idle in the end");
    ExpectedBytes expected;
    for (const auto& t : test_.traffic) expected.add(t.transaction, test_.part);
    const std::string wrong =
        expected.difference(memory_.total_traffic(), memory_.total_counts(), test_.part);
    if (!wrong.empty()) fault(wrong);
  }

  const MemoryCase& test_;
  Memory memory_;
  Picoseconds now_{};
  Cycles last_tick_{};
  int wakes_ = 0;
  std::map<TransactionId, Flight> flights_;
  std::vector<Picoseconds> answers_;
  std::string fault_;
};

}  // namespace

std::string fault_of(const MemoryCase& test) {
  Judges judges;
  std::vector<CommandObserver*> observers;
  for (std::int64_t c = 0; c < *test.memory.channels; ++c) {
    judges.push_back(std::make_unique<DramJudge>(test.part, judged(test.memory)));
    observers.push_back(judges.back().get());
  }
  Run run{test, observers};
  run.play();
  if (!run.fault().empty()) return run.fault();
  for (std::size_t c = 0; c < judges.size(); ++c) {
    judges[c]->finish(run.last_tick());
    if (judges[c]->fault_count() > 0) {
      return fmt::format("channel {}: {}", c, judges[c]->faults().front());
    }
  }
  if (test.memory.engine == MemoryEngine::reference) return {};
  // Without observers the fast engine looks into its table, and simulates like channels once.
  Run remembered{test, {}};
  remembered.play();
  const bool same = remembered.answers() == run.answers() && remembered.counts() == run.counts();
  return same ? "" : "does something else when nobody observes its commands";
}

}  // namespace npulse::testing
