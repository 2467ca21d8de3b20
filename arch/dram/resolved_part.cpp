// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/resolved_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>
#include <sstream>

#include "arch/dram/timing_lookup.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

constexpr std::int64_t kMaxBanks = 64;  // a pseudo-channel's banks fit one machine word

/// Timings that the engine itself reads, besides those in the family's rules.
std::set<std::string> engine_timings(Family family) {
  std::set<std::string> names{"rl", "wl", "t_refi"};
  if (family == Family::lpddr5) names.insert({"t_aad", "t_wckpst"});
  return names;
}

Hertz tick_rate(const PartParams& part) {
  const auto& family = family_rules(part.family);
  return Hertz{part.rate_mtps * 1'000'000 / family.bits_per_clock * family.ticks_per_clock};
}

bool is_power_of_two(std::int64_t n) { return std::has_single_bit(static_cast<std::uint64_t>(n)); }

}  // namespace

ResolvedPart::ResolvedPart(const PartParams& part)
    : params{part},
      organisation{part.organisation},
      clock{part.name, tick_rate(part)},
      ticks_per_clock{family_rules(part.family).ticks_per_clock},
      burst{part.organisation.burst_length * family_rules(part.family).ticks_per_clock /
            family_rules(part.family).bits_per_clock} {
  const auto& family = family_rules(part.family);
  check_organisation();
  check_timings(family);
  compile(family);
  rl = timing("rl");
  wl = timing("wl");
  t_refi = timing("t_refi");
  two_step_activate = bus[index(Command::act1)].has_value();
  needs_sync = bus[index(Command::cas)].has_value();
  if (two_step_activate) t_aad = timing("t_aad");
  if (needs_sync) t_wckpst = timing("t_wckpst");
}

void ResolvedPart::check_organisation() const {
  Faults faults;
  const auto& o = organisation;
  const auto power_of_two = [&](const char* what, std::int64_t n) {
    if (!is_power_of_two(n)) {
      faults.add(params.name, fmt::format("{} = {}: must be a power of two", what, n));
    }
  };
  power_of_two("bank_groups", o.bank_groups);
  power_of_two("banks", o.banks);
  power_of_two("pseudo_channels", o.pseudo_channels);
  power_of_two("row_bytes", o.row_bytes);
  power_of_two("burst bytes (width_bits * burst_length / 8)", o.burst_bytes());
  if (o.total_banks() > kMaxBanks) {
    faults.add(params.name, fmt::format("{} banks in a pseudo-channel: at most {} are supported",
                                        o.total_banks(), kMaxBanks));
  }
  faults.throw_if_any();
}

void ResolvedPart::check_timings(const FamilyRules& family) const {
  std::set<std::string> wanted = engine_timings(params.family);
  for (const auto& group : family.rules) {
    for (const Rule& rule : group) {
      for (auto& name : names_in(rule.latency)) wanted.insert(std::move(name));
    }
  }
  Faults faults;
  for (const auto& [name, value] : list_timings(params.timing)) {
    const std::string where = params.name + ": timing." + name;
    if (!value && wanted.contains(name)) {
      faults.add(where, fmt::format("missing: {} parts need it", to_string(params.family)));
    } else if (value && !wanted.contains(name)) {
      faults.add(where, fmt::format("not a timing of {} parts", to_string(params.family)));
    }
  }
  faults.throw_if_any();
}

Cycles ResolvedPart::timing(std::string_view name) const {
  if (name == "burst") return burst;
  for (const auto& [candidate, value] : list_timings(params.timing)) {
    if (candidate != name || !value) continue;
    const std::int64_t clock_hertz = clock.frequency().count() / ticks_per_clock.count();
    // ns * Hz = 1e9 clocks; a part in 1e6 of a clock is noise of the decimal notation.
    const double clocks = value->ns * static_cast<double>(clock_hertz) / 1e9;
    const double rounded = name == "t_refi" ? std::floor(clocks + 1e-6) : std::ceil(clocks - 1e-6);
    return std::max(static_cast<std::int64_t>(rounded), value->ck) * ticks_per_clock;
  }
  throw InternalError{fmt::format("no timing {}", name)};
}

Cycles ResolvedPart::ticks(std::string_view latency) const {
  std::istringstream words{std::string{latency}};
  Cycles sum{0};
  bool minus = false;
  for (std::string word; words >> word;) {
    if (word == "+" || word == "-") {
      minus = word == "-";
    } else {
      sum = minus ? sum - timing(word) : sum + timing(word);
    }
  }
  return sum;
}

void ResolvedPart::compile(const FamilyRules& family) {
  for (const BusUse& use : family.buses) bus[index(use.command)] = use;
  for (const auto& group : family.rules) {
    for (const Rule& rule : group) {
      const Cycles latency = ticks(rule.latency);
      for (const auto& [from, unused_name] : enum_names(Command{})) {
        for (const auto& [to, unused_too] : enum_names(Command{})) {
          if (!rule.from.contains(from) || !rule.to.contains(to)) continue;
          const Delay delay{rule.scope, to, latency};
          if (rule.window == 1) {
            delays[index(from)].push_back(delay);
          } else {
            windows[index(from)].push_back({delay, rule.window});
          }
        }
      }
    }
  }
}

std::int64_t ResolvedPart::channel_bytes_per_s() const {
  const auto bits = organisation.width_bits * organisation.pseudo_channels;
  return bits * params.rate_mtps * 1'000'000 / 8;
}

}  // namespace npulse::dram
