// SPDX-License-Identifier: Apache-2.0
// Bank accesses of a stream, from its address, run and stride.
#pragma once

#include <vector>

#include "arch/ports/scratchpad_port.h"
#include "arch/spm/params.h"

namespace npulse::arch {

/// Every run touches each word that it lies in once; words that runs share are accessed by each.
struct BankUse {
  std::int64_t accesses = 0;  ///< Words of one bank touched, run by run.
  std::int64_t busiest = 0;   ///< Of these, those that fall on the bank with most of them.
  std::int64_t first_bank = 0;
  /// Accesses of each bank. Empty when no bank has more than an even spread gives it.
  std::vector<std::int64_t> loads;
};

/// Exact. Takes a step a run, but no more than the runs after which banks repeat.
BankUse bank_use(const SpmParams& params, const AccessStream& stream);

}  // namespace npulse::arch
