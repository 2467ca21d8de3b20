// SPDX-License-Identifier: Apache-2.0
// Which requests may go before others.
#pragma once

#include <array>
#include <cstdint>

#include "arch/dram/controller_params.h"
#include "arch/dram/request_window.h"

namespace npulse::dram {

class RequestOrder {
 public:
  /// Banks whose requests may go, and those where one hits the open row.
  struct Choice {
    BankMask waiting, hits;
  };

  explicit RequestOrder(const ControllerParams& controller)
      : fcfs_{controller.scheduler == Scheduler::fcfs}, cap_{controller.row_hit_cap} {}

  /// Among the requests of `usable` banks.
  Choice choose(const RequestWindow& window, Direction direction, BankMask usable) const {
    const Choice all{window.waiting(direction) & usable, window.hits(direction) & usable};
    if (fcfs_) return only_oldest(window, direction, all);
    return exhausted_ & all.hits ? without_exhausted(window, direction, all) : all;
  }

  void served(std::size_t bank) {
    if (cap_ && ++served_[bank] >= *cap_) exhausted_ |= bit_of(bank);
  }
  void closed(BankMask banks);

 private:
  static Choice only_oldest(const RequestWindow& window, Direction direction, Choice all);
  /// Hits of a row that had its share do not go before older requests of the bank.
  Choice without_exhausted(const RequestWindow& window, Direction direction, Choice all) const;

  bool fcfs_;
  std::optional<std::int64_t> cap_;
  std::array<std::int64_t, 64> served_{};  ///< Columns since the row was opened.
  BankMask exhausted_ = 0;
};

}  // namespace npulse::dram
