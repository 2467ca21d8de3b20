// SPDX-License-Identifier: Apache-2.0
// Where the cycles of a queue went: every cycle of the run belongs to exactly one state.
#pragma once

#include <array>
#include <map>
#include <string>

#include "arch/ports/queue_state.h"
#include "sim/core/units.h"

namespace npulse::arch {

class QueueAccount {
 public:
  /// The queue is in `state` from `now` on. `blame` names who caused the state that ends: the
  /// producer of the data waited for, or the resource.
  void enter(QueueState state, Cycles now, const std::string& blame = {});
  /// Of the busy cycles so far, `stalled` were held up by `resource`.
  void stalled(Cycles now, Cycles stalled, const char* resource);
  /// Ends the account at `total`.
  void close(Cycles total) { enter(QueueState::idle, total); }

  QueueState state() const { return state_; }
  Cycles total(QueueState state) const { return totals_[static_cast<std::size_t>(state)]; }
  const std::map<std::string, Cycles>& blamed(QueueState state) const {
    return blamed_[static_cast<std::size_t>(state)];
  }

 private:
  Cycles& total_of(QueueState state) { return totals_[static_cast<std::size_t>(state)]; }
  void blame(QueueState state, const std::string& who, Cycles cycles);

  QueueState state_ = QueueState::idle;
  Cycles since_{};
  std::array<Cycles, 4> totals_{};
  std::array<std::map<std::string, Cycles>, 4> blamed_;
};

}  // namespace npulse::arch
