// SPDX-License-Identifier: Apache-2.0
// A banked on-chip memory that many requesters share: time only, no contents.
#pragma once

#include "arch/spm/bank_groups.h"
#include "arch/spm/params.h"
#include "arch/spm/stats.h"

namespace npulse::arch {

/// A stream alone runs at its own rate or at what its stride leaves of the banks, whichever is
/// slower. Banks queue what they cannot serve at once. Streams share what each bank serves in a
/// window, first come, first served; an even stream's share of a bank is a mean, exact to an
/// access.
class Scratchpad {
 public:
  explicit Scratchpad(const SpmParams& params);

  /// As ScratchpadPort::reserve; the stream's space is not looked at.
  Cycles reserve(Cycles start, Cycles nominal, const AccessStream& stream);

  const SpmParams& params() const { return params_; }
  const SpmStats& stats() const { return stats_; }

 private:
  SpmParams params_;
  BankGroups banks_;
  SpmStats stats_;
};

}  // namespace npulse::arch
