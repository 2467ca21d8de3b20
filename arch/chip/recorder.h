// SPDX-License-Identifier: Apache-2.0
// Watches a run and sums what its regions did.
#pragma once

#include <memory>
#include <ostream>

#include "arch/ports/observer.h"
#include "isa/program.h"

namespace npulse::arch {

/// Sums of one region over all of its instances and cores.
struct RegionTotals {
  std::vector<std::int64_t> entered;  ///< One a core.
  std::int64_t instructions = 0;
  std::int64_t executing = 0;         ///< Instructions in flight now.
  Cycles active_since{}, active{};
  std::map<isa::QueueKind, Cycles> busy;  ///< Issue to completion, less stalls.
  Activity activity;

  std::int64_t instances() const;
};

class Recorder : public RunObserver {
 public:
  Recorder(const isa::ProgramHeader& header, std::uint32_t cores) : header_{header}, cores_{cores} {}

  void region_entered(std::uint16_t core, RegionId region) override;
  void issued(QueueRef queue, RegionId region, Cycles now) override;
  void finished(const InstructionRecord& record) override;

  /// Regions by RegionId; those without an instruction are empty.
  const std::vector<RegionTotals>& regions() const { return regions_; }
  /// What all instructions did together.
  const Activity& total() const { return total_; }
  Cycles last_finish() const { return last_finish_; }

 private:
  RegionTotals& at(RegionId region);

  const isa::ProgramHeader& header_;
  std::uint32_t cores_;
  std::vector<RegionTotals> regions_;
  Activity total_;
  Cycles last_finish_{};
};

}  // namespace npulse::arch
