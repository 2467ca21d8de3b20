// SPDX-License-Identifier: Apache-2.0
// A banked on-chip memory that many requesters share: time only, no contents.
#pragma once

#include "arch/spm/params.h"
#include "arch/spm/stats.h"
#include "arch/spm/windows.h"

namespace npulse::arch {

/// A stream alone runs at its own rate or at what its stride leaves of the banks, whichever is
/// slower. Streams share the accesses that all banks together serve in a window; a conflicting
/// stream's claim on few banks is not held against the others.
class Scratchpad {
 public:
  explicit Scratchpad(const SpmParams& params);

  /// As ScratchpadPort::reserve; the stream's space is not looked at.
  Cycles reserve(Cycles start, Cycles nominal, const AccessStream& stream);

  const SpmParams& params() const { return params_; }
  const SpmStats& stats() const { return stats_; }
  const Windows& windows() const { return windows_; }

 private:
  SpmParams params_;
  Windows windows_;
  SpmStats stats_;
};

}  // namespace npulse::arch
