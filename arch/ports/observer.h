// SPDX-License-Identifier: Apache-2.0
// What a run tells those who watch it: reports, timelines, progress.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "arch/ports/activity.h"
#include "arch/ports/queue_state.h"
#include "isa/instruction.h"

namespace npulse::arch {

/// Index into the run's RegionTable; 0 is the program outside of every mark.
using RegionId = std::uint32_t;

/// Names of regions, in order of first entry; nested marks are joined with '/'.
class RegionTable {
 public:
  RegionTable() : names_{""} {}
  RegionId id_of(const std::string& path) {
    const auto [entry, fresh] = ids_.try_emplace(path, static_cast<RegionId>(names_.size()));
    if (fresh) names_.push_back(path);
    return entry->second;
  }
  const std::string& name(RegionId id) const { return names_.at(id); }
  std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
  std::map<std::string, RegionId> ids_{{"", 0}};
};

struct QueueRef {
  std::uint16_t core = 0, queue = 0;
  bool operator==(const QueueRef&) const = default;
};

struct InstructionRecord {
  QueueRef queue;
  isa::Opcode opcode{};
  RegionId region = 0;
  std::uint32_t line = 0;
  Cycles issued{}, finished{};
  Cycles stalled{};
  Activity activity;
};

/// Called in order of simulated time.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void region_entered(std::uint16_t core, RegionId region) = 0;
  virtual void issued(QueueRef queue, RegionId region, Cycles now) = 0;
  virtual void finished(const InstructionRecord& record) = 0;
  virtual void state_changed(QueueRef, QueueState, Cycles) {}
};

}  // namespace npulse::arch
