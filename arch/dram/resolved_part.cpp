// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/resolved_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "arch/dram/timing_lookup.h"
#include "sim/core/config_file.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

Hertz tick_rate(const PartParams& part) {
  const auto& family = family_rules(part.family);
  return Hertz{part.rate_mtps * 1'000'000 / family.bits_per_clock * family.ticks_per_clock};
}

Cycles ticks_of(Family family, std::int64_t beats) {
  const auto& rules = family_rules(family);
  return Cycles{beats * rules.ticks_per_clock / rules.bits_per_clock};
}

/// The part, when nothing is wrong with it.
const PartParams& checked(const PartParams& part) {
  Faults faults;
  part.organisation.check(faults, join_path(part.name, "organisation"));
  part.check(faults, part.name);
  faults.throw_if_any();
  return part;
}

/// Whether a row about `commands` is about this one too.
bool includes(CommandSet commands, Command command) {
  if (commands.contains(command)) return true;
  if (command == Command::mwra && commands.contains(Command::mwr)) return true;
  return is_column(command) && commands.contains(bus_model(command));
}

}  // namespace

ResolvedPart::ResolvedPart(const PartParams& part)
    : params{checked(part)},
      organisation{part.organisation},
      clock{part.name, tick_rate(part)},
      ticks_per_clock{family_rules(part.family).ticks_per_clock},
      burst{ticks_of(part.family, part.organisation.burst_length + part.organisation.burst_pause)},
      burst_data{ticks_of(part.family, part.organisation.burst_length)} {
  const auto& family = family_rules(part.family);
  compile(family);
  rl = ticks(family.read_latency) + lead(Command::rd);
  wl = ticks(family.write_latency) + lead(Command::wr);
  t_refi = timing("t_refi");
  // Else refreshes could follow each other without a command in between, and no run would end.
  const Cycles refresh = ticks("t_ras + t_rp_ab + t_rfc_ab");
  if (t_refi < 2 * refresh) {
    throw InputError{part.name + ".timing.t_refi",
                     fmt::format("{} ticks: must be at least {}, twice the {} of a refresh",
                                 t_refi.count(), 2 * refresh.count(), refresh.count())};
  }
  find_refresh_sets();
  two_step_activate = bus[index(Command::act1)].has_value();
  needs_sync = bus[index(Command::cas)].has_value();
  if (two_step_activate) t_aad = timing("t_aad");
  if (needs_sync) t_wckpst = timing("t_wckpst");
}

std::optional<TimingValue> ResolvedPart::value_of(std::string_view name) const {
  for (const auto& [candidate, value] : list_timings(params.timing)) {
    if (candidate == name) return value;
  }
  return std::nullopt;
}

Cycles ResolvedPart::timing(std::string_view name) const {
  if (name == "burst") return burst;
  if (name == "read_latency") return ticks(family_rules(params.family).read_latency);
  if (name == "write_latency") return ticks(family_rules(params.family).write_latency);
  if (name == "run") return organisation.burst_pause ? Cycles{burst_data.count() / 2} : burst_data;
  std::int64_t clocks_given = 0;
  const char* end = name.data() + name.size();
  if (std::from_chars(name.data(), end, clocks_given).ptr == end) {
    return clocks_given * ticks_per_clock;
  }
  const auto value = value_of(name);
  ensure(value.has_value(), "a rule names an absent timing");
  const std::int64_t clock_hertz = clock.frequency().count() / ticks_per_clock.count();
  // ns * Hz = 1e9 clocks; a part in 1e6 of a clock is noise of the decimal notation.
  const double clocks = value->ns * static_cast<double>(clock_hertz) / 1e9;
  const bool interval = name == "t_refi" || name == "t_refi_pb";
  const double rounded = interval ? std::floor(clocks + 1e-6) : std::ceil(clocks - 1e-6);
  return std::max(static_cast<std::int64_t>(rounded), value->ck) * ticks_per_clock;
}

bool ResolvedPart::has(std::string_view latency) const {
  const auto names = names_in(latency);
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return value_of(name).has_value(); });
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

void ResolvedPart::find_refresh_sets() {
  if (!has("t_refi_pb + t_rfc_pb")) return;
  t_refi_pb = timing("t_refi_pb");
  // Both intervals are rounded down.
  const std::int64_t sets = (2 * t_refi + t_refi_pb) / (2 * t_refi_pb);
  if (sets > 0 && organisation.total_banks() % sets == 0) refresh_sets = sets;
}

void ResolvedPart::compile(const FamilyRules& family) {
  for (const BusUse& use : family.buses) bus[index(use.command)] = use;
  for (const auto& [command, name] : enum_names(Command{})) {
    const auto& model = bus[index(bus_model(command))];
    if (model && bus_model(command) != command) {
      bus[index(command)] = BusUse{command, model->bus, model->ticks, model->edge, model->lead};
    }
  }
  for (const auto& group : family.rules) {
    for (const Rule& rule : group) {
      if (has(rule.latency)) compile(rule);
    }
  }
}

void ResolvedPart::compile(const Rule& rule) {
  if (rule.window > 1) {
    windows.push_back({rule.from, rule.to, rule.scope, ticks(rule.latency), rule.window});
    return;
  }
  for (const auto& [from, from_name] : enum_names(Command{})) {
    for (const auto& [to, to_name] : enum_names(Command{})) {
      // Auto-precharge changes nothing in when a column may go, a mask may.
      const bool waits =
          rule.to.contains(to) || (to == Command::mwr && rule.to.contains(Command::wr));
      if (waits && includes(rule.from, from)) compile(rule, from, to);
    }
  }
}

void ResolvedPart::compile(const Rule& rule, Command from, Command to) {
  if (const Cycles pause = rule.pause ? ticks(rule.pause) : Cycles{0}; pause > Cycles{0}) {
    ensure(bus_model(from) == bus_model(to) && rule.scope == Scope::pseudo_channel,
           "a pause that is not supported");
    gaps[index(from)] = gaps[index(to)] = Gap{pause, ticks(rule.latency)};
    return;
  }
  const Delay delay{rule.scope, to, ticks(rule.latency) + lead(from) - lead(to)};
  auto& list = delays[index(from)];
  const auto twin = std::find_if(list.begin(), list.end(), [&](const Delay& other) {
    return other.scope == delay.scope && other.to == delay.to;
  });
  if (twin == list.end()) {
    list.push_back(delay);
  } else {
    twin->latency = std::max(twin->latency, delay.latency);
  }
}

Cycles ResolvedPart::lead(Command command) const {
  const auto& use = bus[index(command)];
  return Cycles{use ? use->lead : 0};
}

std::int64_t ResolvedPart::between(Command from, Command to, Scope scope) const {
  for (const Delay& delay : delays[index(from)]) {
    if (delay.to == to && delay.scope == scope) return delay.latency.count();
  }
  return 0;
}

std::int64_t ResolvedPart::within(Command from, Command to, Scope scope) const {
  std::int64_t longest = 0;
  for (const Scope s : {Scope::bank, Scope::bank_group, Scope::rank, Scope::pseudo_channel}) {
    if (s >= scope) longest = std::max(longest, between(from, to, s));
  }
  return longest;
}

std::int64_t ResolvedPart::channel_bytes_per_s() const {
  const auto bits = organisation.width_bits * organisation.pseudo_channels;
  return bits * params.rate_mtps * 1'000'000 / 8;
}

}  // namespace npulse::dram
