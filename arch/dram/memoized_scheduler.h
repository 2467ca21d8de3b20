// SPDX-License-Identifier: Apache-2.0
// A scheduler that looks into a table of decisions first.
#pragma once

#include <optional>
#include <span>

#include "arch/dram/channel.h"
#include "arch/dram/decision_table.h"
#include "arch/dram/granule_scheduler.h"

namespace npulse::dram {

/// What it answers does not depend on the tables. Its state is known by number as long as requests
/// of one direction come, of one row each, to a few rows: streams.
class MemoizedScheduler {
 public:
  /// Tables and `observer` may be null; with an observer everything is worked out anew.
  MemoizedScheduler(const ResolvedPart& part, const ControllerParams& controller,
                    std::uint8_t number, const Memos& memos, CommandObserver* observer);

  // As those of GranuleScheduler.
  Cycles base() const { return Cycles{grid_.tick_of(base_)}; }
  bool empty() const { return state_ ? requests_.empty() : live_.empty(); }
  void begin(Cycles now);
  std::span<const Request> release_held();
  Admission offer(const Request& request);
  Served serve(const Request* next, Request& finished);
  bool refresh(Cycles due);
  bool in_step_with(const MemoizedScheduler& other) const;

 private:
  using Key = DecisionTable::Key;
  using State = DecisionTable::State;
  using Step = DecisionTable::Step;
  enum class Event : std::uint8_t { enters, passes, refreshes };

  Key key_of(Event event, std::int64_t figure) const;
  std::optional<Key> key_of(const Request& request);
  template <class F>
  bool take_step(const Key& key, F&& change_live);
  template <class F>
  std::optional<Step> work_out(F&& change_live);
  void apply(const Step& step);
  void rename_rows(const Step& step);
  /// Makes live_ the current state, which is then not known by number.
  void materialise();
  /// A scheduler in the current state: live_, or `copy`.
  const GranuleScheduler& live(std::optional<GranuleScheduler>& copy) const;
  /// Finds the number of the state that live_ is in.
  void settle();

  GranuleScheduler live_;
  TickGrid grid_;
  DecisionTable* table_;
  std::int64_t base_ = 0;
  State* state_ = nullptr;  ///< Null: live_ is current.
  bool live_current_ = true;
  RowNames rows_;              ///< Of state_.
  AgeList<Request> requests_;  ///< That wait in state_.
  StateCode code_;
};

}  // namespace npulse::dram
