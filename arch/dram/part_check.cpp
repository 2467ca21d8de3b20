// SPDX-License-Identifier: Apache-2.0
// What makes a part or a controller contradict itself.
#include <fmt/format.h>

#include <set>

#include "arch/dram/controller_params.h"
#include "arch/dram/params.h"
#include "arch/dram/power_of_two.h"
#include "arch/dram/rules.h"
#include "arch/dram/timing_lookup.h"
#include "sim/core/config_file.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

constexpr std::int64_t kMaxBanks = 64;  // a pseudo-channel's banks fit one machine word

/// Timings that the family's rules name, and those that an engine reads besides.
std::set<std::string> wanted_timings(Family family) {
  std::set<std::string> wanted{"t_refi"};
  if (family == Family::lpddr5) wanted.insert({"t_aad", "t_wckpst"});
  const auto want = [&](const char* latency) {
    for (auto& name : names_in(latency)) wanted.insert(std::move(name));
  };
  const FamilyRules& rules = family_rules(family);
  want(rules.read_latency);
  want(rules.write_latency);
  for (const auto& group : rules.rules) {
    for (const Rule& rule : group) want(rule.latency);
  }
  return wanted;
}

void require_power_of_two(Faults& faults, const std::string& where, std::int64_t n) {
  if (!is_power_of_two(n)) faults.add(where, fmt::format("{}: must be a power of two", n));
}

}  // namespace

void Organisation::check(Faults& faults, const std::string& path) const {
  require_power_of_two(faults, join_path(path, "bank_groups"), bank_groups);
  require_power_of_two(faults, join_path(path, "banks"), banks);
  require_power_of_two(faults, join_path(path, "pseudo_channels"), pseudo_channels);
  require_power_of_two(faults, join_path(path, "row_bytes"), row_bytes);
  require_power_of_two(faults, join_path(path, "refpb_banks"), refpb_banks);
  if (refpb_banks > bank_groups * banks) {
    faults.add(join_path(path, "refpb_banks"),
               fmt::format("{}: a rank has only {} banks", refpb_banks, bank_groups * banks));
  }
  require_power_of_two(faults, join_path(path, "width_bits"), width_bits);
  require_power_of_two(faults, join_path(path, "burst_length"), burst_length);
  if (burst_pause > 0 && 2 * burst_pause != burst_length) {
    faults.add(
        join_path(path, "burst_pause"),
        fmt::format("{}: must be 0 or half of burst_length = {}", burst_pause, burst_length));
  }
  if (width_bits * burst_length < 8 || burst_bytes() > row_bytes) {
    faults.add(join_path(path, "burst_length"),
               fmt::format("a burst of {} bits does not fit bytes and rows of {} bytes",
                           width_bits * burst_length, row_bytes));
  }
  if (total_banks() > kMaxBanks) {
    faults.add(path, fmt::format("{} banks in a pseudo-channel: at most {} are supported",
                                 total_banks(), kMaxBanks));
  }
  if (!is_power_of_two(ranks) && !is_power_of_two(rows)) {
    faults.add(path, "ranks or rows must be a power of two");
  }
}

void MappingParams::check(Faults& faults, const std::string& path) const {
  require_power_of_two(faults, join_path(path, "granule_bytes"), granule_bytes);
}

void PartParams::check(Faults& faults, const std::string& path) const {
  const auto wanted = wanted_timings(family);
  for (const auto& [timing_name, value] : list_timings(timing)) {
    const std::string where = join_path(join_path(path, "timing"), timing_name);
    if (is_optional_timing(timing_name)) continue;
    if (!value && wanted.contains(timing_name)) {
      faults.add(where, fmt::format("missing: {} parts need it", to_string(family)));
    } else if (value && !wanted.contains(timing_name)) {
      faults.add(where, fmt::format("not a timing of {} parts", to_string(family)));
    }
  }
  if (partial_write == PartialWrite::masked_write && !timing.t_ccdmw) {
    faults.add(join_path(path, "partial_write"), "masked_write: needs timing.t_ccdmw");
  }
  const std::int64_t bits_per_clock = family_rules(family).bits_per_clock;
  const auto whole_clocks = [&](const char* count, std::int64_t beats) {
    if (beats % bits_per_clock == 0) return;
    faults.add(
        join_path(join_path(path, "organisation"), count),
        fmt::format("{}: must be a multiple of {}, one clock of a pin", beats, bits_per_clock));
  };
  whole_clocks("burst_length", organisation.burst_length);
  whole_clocks("burst_pause", organisation.burst_pause);
}

void ControllerParams::check(Faults& faults, const std::string& path) const {
  if (write_low_percent < write_high_percent) return;
  faults.add(join_path(path, "write_low_percent"),
             fmt::format("{}: must be below write_high_percent = {}", write_low_percent,
                         write_high_percent));
}

}  // namespace npulse::dram
