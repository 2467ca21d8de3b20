// SPDX-License-Identifier: Apache-2.0
// Ctrl-C ends a run between two slices; a second one ends the program at once.
#pragma once

namespace npulse::cli {

/// Installs the handler while it lives.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// Throws Interrupted after Ctrl-C.
  void poll() const;
};

}  // namespace npulse::cli
