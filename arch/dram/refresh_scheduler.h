// SPDX-License-Identifier: Apache-2.0
// When a pseudo-channel refreshes, and which banks.
#pragma once

#include "arch/dram/controller_params.h"
#include "arch/dram/request_window.h"
#include "arch/dram/resolved_part.h"

namespace npulse::dram {

/// One refresh falls due at every multiple of the interval. Up to a limit they are put off while
/// requests wait for the banks, or done ahead while none waits at all. Every set of banks has its
/// turn once in a round; within a round the one goes first for which least waits.
class RefreshScheduler {
 public:
  enum class Need : std::uint8_t { none, welcome, overdue };

  /// The part must have what the mode needs (check_fit()).
  RefreshScheduler(const ResolvedPart& part, const ControllerParams& controller);

  /// When the next one falls due.
  Cycles due() const { return due_; }
  Need need() const { return need_; }
  bool overdue() const { return need_ == Need::overdue; }
  /// The banks to be refreshed next, when there is need.
  BankMask banks() const { return banks_; }
  Command command() const { return sets_ == 1 ? Command::refab : Command::refpb; }
  /// A bank of those.
  std::uint8_t bank() const { return static_cast<std::uint8_t>(set_); }

  /// Decides anew. `waiting` are the banks with requests, `open` those with open rows.
  void update(Cycles now, BankMask waiting, BankMask open);
  void refreshed();
  /// The device refreshed itself until `now`.
  void resume(Cycles now);

 private:
  void accrue(Cycles now) {
    for (; now >= due_; due_ += interval_) ++owed_;
  }
  std::size_t best_set(BankMask waiting, BankMask open) const;
  BankMask banks_of(std::size_t set) const { return first_set_ << set; }

  std::size_t sets_;  ///< 1: all banks at once.
  BankMask first_set_;
  Cycles interval_, due_;
  std::int64_t owed_ = 0;  ///< Due and not done; negative: done ahead.
  std::int64_t postpone_, pull_in_;
  Need need_ = Need::none;
  std::size_t set_ = 0;
  BankMask banks_;
  BankMask done_ = 0;  ///< Sets that had their turn in this round, a bit each.
};

}  // namespace npulse::dram
