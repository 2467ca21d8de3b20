// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/scratchpad.h"

#include <algorithm>

namespace npulse::arch {

Scratchpad::Scratchpad(const SpmParams& params) : params_{params}, banks_{params} {}

Cycles Scratchpad::reserve(Cycles start, Cycles nominal, const AccessStream& stream) {
  const BankUse use = bank_use(params_, stream);
  const Cycles at_peak{ceil_div(use.accesses, params_.banks * params_.ports)};
  const Cycles unshared = std::max(nominal, at_peak);
  const Cycles alone = std::max(unshared, Cycles{ceil_div(use.busiest, params_.ports)});
  const auto grant = banks_.take(start, alone, use, stream.requester);

  ++stats_.streams;
  (stream.write ? stats_.write_bytes : stats_.read_bytes) += stream.bytes;
  stats_.bank_accesses += use.accesses;
  stats_.bandwidth_cycles += (unshared - nominal).count();
  stats_.bank_conflict_cycles += (alone - unshared).count();
  if (grant.delayed_by) {
    stats_.conflict_cycles(*grant.delayed_by) += (grant.end - start - alone).count();
  }
  return grant.end;
}

}  // namespace npulse::arch
