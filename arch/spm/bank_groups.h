// SPDX-License-Identifier: Apache-2.0
// Reservations of banks over time: of all banks evenly, and of those few that a stride falls on.
#pragma once

#include <boost/dynamic_bitset.hpp>

#include "arch/spm/bank_use.h"
#include "arch/spm/windows.h"

namespace npulse::arch {

/// Streams that spread evenly share one account of all banks. While a stream that does not is under
/// way, the banks that it loads alike are a group with an account of their own, and everyone who
/// touches them must find room there too.
class BankGroups {
 public:
  explicit BankGroups(const SpmParams& params);

  /// As Windows::take; `duration` must be long enough for the busiest bank.
  Windows::Grant take(Cycles start, Cycles duration, const BankUse& use, Requester requester);

  std::size_t groups() const { return uneven_.size(); }

 private:
  using Banks = boost::dynamic_bitset<>;
  struct Group {
    Banks banks;
    Windows room;
    Cycles until{};  ///< The last uneven stream has ended.
    std::int64_t size() const { return static_cast<std::int64_t>(banks.count()); }
  };
  struct Stream {
    Cycles start, duration;
    Requester requester;
  };

  Windows::Grant take_evenly(const Stream& stream, const BankUse& use);
  Windows::Grant take_by_load(const Stream& stream, const BankUse& use);
  std::int64_t accesses_of(const Group& group, const BankUse& use) const;
  void isolate(const Banks& banks);
  Group part_of(const Windows& room, Cycles until, Banks banks) const;

  std::int64_t banks_, ports_;
  Windows evenly_;
  std::vector<Group> uneven_;  ///< Disjoint.
};

}  // namespace npulse::arch
