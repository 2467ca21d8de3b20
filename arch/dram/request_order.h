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
      : fcfs_{controller.scheduler == Scheduler::fcfs},
        cap_{controller.row_hit_cap},
        pass_limit_{controller.pass_limit} {}

  /// Among the requests of `usable` banks.
  Choice choose(const RequestWindow& window, Direction direction, BankMask usable) const {
    const Choice all{window.waiting(direction) & usable, window.hits(direction) & usable};
    if (fcfs_) return only_oldest(window, direction, all);
    if (pass_limit_ && passed_[direction == Direction::write] >= *pass_limit_) {
      return oldest_first(window, direction, all);
    }
    return exhausted_ & all.hits ? without_exhausted(window, direction, all) : all;
  }

  /// The oldest hit of `bank` is about to be served.
  void serve(const RequestWindow& window, Direction direction, std::size_t bank) {
    if (cap_ && ++served_[bank] >= *cap_) exhausted_ |= bit_of(bank);
    if (pass_limit_) count_passed(window, direction, bank);
  }
  void closed(BankMask banks);

 private:
  void count_passed(const RequestWindow& window, Direction direction, std::size_t bank);
  /// Its bank is made ready for it, and no other column goes once it is.
  static Choice oldest_first(const RequestWindow& window, Direction direction, Choice all);
  static Choice only_oldest(const RequestWindow& window, Direction direction, Choice all);
  /// Hits of a row that had its share do not go before older requests of the bank.
  Choice without_exhausted(const RequestWindow& window, Direction direction, Choice all) const;

  bool fcfs_;
  std::optional<std::int64_t> cap_, pass_limit_;
  std::array<std::int64_t, 2> passed_{};   ///< Columns that passed the oldest, by direction.
  std::array<std::int64_t, 64> served_{};  ///< Columns since the row was opened.
  BankMask exhausted_ = 0;
};

}  // namespace npulse::dram
