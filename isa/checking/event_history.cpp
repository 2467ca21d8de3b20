// SPDX-License-Identifier: Apache-2.0
#include "isa/checking/event_history.h"

#include <limits>

namespace npulse::isa::checking {

void EventHistory::signal(std::int64_t amount, const Clock& clock) {
  const std::int64_t room = std::numeric_limits<std::int64_t>::max() - count_;
  count_ += std::min(amount, room);
  Signalled& entry = history_.emplace_back(Signalled{count_, clock});
  if (history_.size() > 1) entry.clock.join(history_[history_.size() - 2].clock);
  if (history_.size() > kept_) history_.pop_front();
}

void EventHistory::order(std::int64_t count, Clock& clock) const {
  if (count <= settled_) return;
  const auto found =
      std::lower_bound(history_.begin(), history_.end(), count,
                       [](const Signalled& s, std::int64_t c) { return s.count < c; });
  if (found != history_.end()) clock.join(found->clock);
}

}  // namespace npulse::isa::checking
