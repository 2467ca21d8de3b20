// SPDX-License-Identifier: Apache-2.0
// Bank accesses of a stream in closed form, from its address, run and stride.
#pragma once

#include "arch/ports/scratchpad_port.h"
#include "arch/spm/params.h"

namespace npulse::arch {

struct BankUse {
  std::int64_t accesses = 0;  ///< Words of one bank touched, run by run.
  std::int64_t busiest = 0;   ///< Of these, those that fall on the bank with most of them.
};

/// Exact when the runs are whole periods of the stride over the banks (a dense stream is). For the
/// rest of a period `accesses` is the period's average and `busiest` an upper bound.
BankUse bank_use(const SpmParams& params, const AccessStream& stream);

}  // namespace npulse::arch
