// SPDX-License-Identifier: Apache-2.0
// Writes one core's instructions, keeping the one invariant of lowering: program order is a valid
// sequential execution. Finite queues can then never deadlock, whatever their depth.
#pragma once

#include <algorithm>
#include <deque>
#include <string_view>
#include <vector>

#include "traces/lowering/events.h"
#include "traces/lowering/queues.h"

namespace npulse::lowering {

/// How many loads to move ahead so that `slots` of them are under way while other queues wait. None
/// when queues are so deep that dispatch gets that far anyway.
inline std::size_t lookahead_for(std::size_t slots, std::size_t queue_depth) {
  constexpr std::size_t kPerLoad = 4;  // instructions of one queue between two loads, at most
  return queue_depth >= kPerLoad * slots ? 0 : std::min(slots, queue_depth / 2);
}

/// What lowering every core once without output teaches: how often all cores together signal
/// chip-wide events in each round, and which events anyone waits for.
struct Survey {
  std::vector<std::int64_t> signals_in_round;
  std::vector<bool> waited;

  /// Declarations of the events that anyone waits for, in order; the others are not written.
  std::vector<isa::EventDecl> events_in_use(const EventTable& events) const;
  /// By event: its number among those in use.
  std::vector<isa::EventId> numbers() const;
};

class Emitter {
 public:
  struct Setup {
    std::uint32_t core = 0;
    Queues queues;
    const EventTable* events = nullptr;
    std::size_t lookahead = 0;  ///< Loads moved ahead of the work they are for.
    Survey* survey = nullptr;   ///< Filled when `sink` is null, obeyed otherwise.
    isa::ProgramSink* sink = nullptr;
  };
  explicit Emitter(const Setup& setup);

  std::uint32_t core() const { return setup_.core; }

  /// Names what follows, for reports; lasts until the next call. `name` is a literal.
  void region(std::string_view name) { region_ = name; }

  /// Appends an instruction that waits for everything signalled so far on `waits`. Those of
  /// Role::load are moved ahead of what was put before, as far as lookahead and their waits allow.
  void put(Role role, isa::Operation operation, const Events& waits, const Events& signals);

  /// Ends a round of chip-wide signals: from here on waits for `event` mean those of all cores.
  void end_round(isa::EventId event);

  void finish();

 private:
  struct Pending {
    std::size_t load;  ///< Loads put before it.
    std::string_view region;
    isa::Instruction instruction;
  };

  bool recording() const { return setup_.sink == nullptr; }
  std::vector<isa::Wait> waits_for(Role role, const Events& events);
  std::vector<isa::Signal> signals_of(const Events& events);
  void emit_load(isa::Instruction& instruction);
  bool satisfied(const isa::Instruction& load) const;
  void flush_front();
  void write(std::string_view region, isa::Instruction& instruction);
  void write_mark(isa::Operation operation);

  Setup setup_;
  std::string_view region_, open_region_;  ///< Empty: none.
  std::vector<std::int64_t>
      signalled_;                      ///< By event, in program order as put; chip-wide: all cores.
  std::vector<std::int64_t> written_;  ///< By event, in program order as written.
  std::vector<std::vector<std::int64_t>>
      waited_;  ///< By role and event: known to hold from there on.
  std::deque<Pending> pending_;
  std::size_t loads_ = 0;
  std::size_t round_ = 0;
  std::int64_t chip_signals_ = 0;      ///< Of this core in the current round.
  std::vector<isa::EventId> numbers_;  ///< By event: as the program knows it.
};

}  // namespace npulse::lowering
