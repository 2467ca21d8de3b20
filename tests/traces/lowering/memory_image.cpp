// SPDX-License-Identifier: Apache-2.0
#include "tests/traces/lowering/memory_image.h"

#include <fmt/format.h>

#include <algorithm>

namespace npulse::test {

void join(Clock& clock, const Clock& other) {
  for (std::size_t i = 0; i < clock.size(); ++i) clock[i] = std::max(clock[i], other[i]);
}

MemoryImage::MemoryImage(const lowering::Target& target, std::uint32_t cores) : target_{target} {
  const auto whole = [&](isa::Space space, std::uint32_t core) {
    Run run{~Address{0}, space == isa::Space::dram, 0, 0, {}};
    spaces_[{space, core}] = {{0, run}};
  };
  whole(isa::Space::dram, 0);
  for (std::uint32_t core = 0; core < cores; ++core) {
    whole(isa::Space::spm, core);
    whole(isa::Space::acc, core);
  }
}

std::int64_t MemoryImage::capacity(isa::Space space) const {
  if (space == isa::Space::dram) return target_.dram_bytes.count();
  return (space == isa::Space::acc ? target_.acc_bytes : target_.spm_bytes).count();
}

void MemoryImage::split_at(Runs& runs, Address at) {
  auto found = std::prev(runs.upper_bound(at));
  if (found->first == at || found->second.last <= at) return;
  Run rest = found->second;
  found->second.last = at;
  runs.emplace(at, std::move(rest));
}

void MemoryImage::fault(const Access& access, const char* what) {
  if (faults_.size() >= 5) return;
  faults_.push_back(fmt::format("{} {} [{}, {}) of {} of core {}", what,
                                access.write ? "writing" : "reading", access.first, access.last,
                                to_string(access.space), access.core));
}

void MemoryImage::touch(const Access& access, std::size_t thread, const Clock& clock) {
  if (access.last > static_cast<Address>(capacity(access.space))) return fault(access, "outside:");
  Runs& runs = spaces_.at({access.space, access.core});
  split_at(runs, access.first);
  split_at(runs, access.last);
  for (auto run = runs.find(access.first); run != runs.end() && run->first < access.last; ++run) {
    Run& r = run->second;
    if (!access.write && !r.written) fault(access, "never written:");
    if (r.write_time > clock[r.writer]) fault(access, "race with a write:");
    if (!access.write) {
      r.reads[thread] = clock[thread];
      continue;
    }
    for (const auto& [reader, time] : r.reads) {
      if (time > clock[reader]) fault(access, "race with a read:");
    }
  }
  if (!access.write) return;
  const auto begin = runs.find(access.first);
  const auto end = runs.lower_bound(access.last);
  runs.erase(begin, end);
  runs.emplace(access.first, Run{access.last, true, thread, clock[thread], {}});
}

}  // namespace npulse::test
