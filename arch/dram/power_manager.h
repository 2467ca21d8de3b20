// SPDX-License-Identifier: Apache-2.0
// When an idle pseudo-channel goes to power-down or self-refresh, and how long it was in each
// state.
#pragma once

#include "arch/dram/controller_params.h"
#include "arch/dram/refresh_scheduler.h"
#include "arch/dram/request.h"

namespace npulse::dram {

class PowerManager {
 public:
  PowerManager(const ResolvedPart& part, const ControllerParams& controller);

  /// Whether it takes no command but the way out.
  bool down() const { return state_ >= PowerState::active_power_down; }
  bool asleep() const { return state_ == PowerState::self_refresh; }
  /// Since when an idle pseudo-channel may go there; kNever: it does not.
  Cycles power_down_at() const { return after(power_down_); }
  Cycles self_refresh_at() const { return after(self_refresh_); }

  /// The last data pass at `until`.
  void busy(Cycles until) { idle_since_ = until; }
  /// From `at` on some row is open, or none.
  void rows(bool open, Cycles at, ChannelCounts& counts) {
    set(open ? PowerState::active_standby : PowerState::precharge_standby, at, counts);
  }
  /// An entry or exit command.
  void issue(Command command, bool open, Cycles at, ChannelCounts& counts);
  /// Accounts for the time until `until`.
  void account(Cycles until, ChannelCounts& counts);

 private:
  Cycles after(Cycles idle) const { return idle == kNever ? kNever : idle_since_ + idle; }
  void set(PowerState state, Cycles at, ChannelCounts& counts) {
    account(at, counts);
    state_ = state;
  }

  Cycles power_down_, self_refresh_;
  Cycles idle_since_{0};
  Cycles accounted_{0};
  PowerState state_ = PowerState::precharge_standby;
};

}  // namespace npulse::dram
