// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/recorder.h"

#include <algorithm>

namespace npulse::arch {

std::int64_t RegionTotals::instances() const {
  return entered.empty() ? 0 : *std::max_element(entered.begin(), entered.end());
}

RegionTotals& Recorder::at(RegionId region) {
  if (region >= regions_.size()) regions_.resize(region + 1);
  return regions_[region];
}

void Recorder::region_entered(std::uint16_t core, RegionId region) {
  auto& entered = at(region).entered;
  entered.resize(cores_);
  ++entered[core];
}

void Recorder::issued(QueueRef, RegionId region, Cycles now) {
  RegionTotals& totals = at(region);
  ++totals.instructions;
  if (totals.executing++ == 0) totals.active_since = now;
}

void Recorder::finished(const InstructionRecord& record) {
  RegionTotals& totals = at(record.region);
  if (--totals.executing == 0) totals.active += record.finished - totals.active_since;
  const Cycles stalled = std::min(record.stalled, record.finished - record.issued);
  totals.busy[header_.queues[record.queue.queue].kind] += record.finished - record.issued - stalled;
  totals.activity += record.activity;
  total_ += record.activity;
  last_finish_ = std::max(last_finish_, record.finished);
}

}  // namespace npulse::arch
