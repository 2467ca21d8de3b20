// SPDX-License-Identifier: Apache-2.0
// When a pseudo-channel refreshes: all banks at every multiple of tREFI, none postponed.
#pragma once

#include "sim/core/units.h"

namespace npulse::dram {

class RefreshTimer {
 public:
  explicit RefreshTimer(Cycles interval) : interval_{interval}, due_{interval} {}

  /// The tick from which on no other command may go before the refresh.
  Cycles due() const { return due_; }
  void refreshed() { due_ += interval_; }

 private:
  Cycles interval_, due_;
};

}  // namespace npulse::dram
