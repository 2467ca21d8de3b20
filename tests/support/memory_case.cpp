// SPDX-License-Identifier: Apache-2.0
#include "tests/support/memory_case.h"

#include <fmt/format.h>

#include <bit>

#include "arch/dram/map_bits.h"
#include "arch/dram/power_of_two.h"
#include "arch/dram/resolved_part.h"
#include "tests/support/dram_traffic.h"
#include "tests/support/memory_traffic.h"
#include "tests/support/random.h"

namespace npulse::testing {
namespace {

using namespace npulse::dram;
using test::Random;

template <class E>
E any(Random& random) {
  const auto names = all_names<E>();
  const auto last = static_cast<std::int64_t>(names.size()) - 1;
  return *parse_enum<E>(names[static_cast<std::size_t>(random.between(0, last))]);
}

template <class T>
T one_of(Random& random, std::initializer_list<T> values) {
  return values.begin()[random.between(0, static_cast<std::int64_t>(values.size()) - 1)];
}

/// XORs some bits of a map with others: it stays one to one.
MappingParams free_map(const Organisation& o, std::int64_t channels, const MappingParams& preset,
                       Random& random) {
  MapBits bits = preset_bits(o, channels, preset);
  std::vector<std::uint64_t*> rows;
  for (FieldBits& field : bits) {
    for (std::uint64_t& row : field) rows.push_back(&row);
  }
  const auto any_row = [&] {
    return rows[static_cast<std::size_t>(
        random.between(0, static_cast<std::int64_t>(rows.size()) - 1))];
  };
  for (auto i = random.between(0, 12); i > 0; --i) {
    std::uint64_t* const row = any_row();
    const std::uint64_t* const other = any_row();
    if (row != other) *row ^= *other;
  }
  MappingParams map = preset;
  for (const auto& [field, name] : enum_names(Field{})) {
    for (std::uint64_t row : bits[static_cast<std::size_t>(field)]) {
      std::string terms;
      for (; row; row &= row - 1) {
        terms += fmt::format("{}{}", terms.empty() ? "" : "^", std::countr_zero(row));
      }
      map.bits[name].push_back(terms);
    }
  }
  return map;
}

std::optional<MappingParams> any_mapping(const Organisation& o, std::int64_t channels,
                                         Random& random) {
  if (random.between(0, 4) == 0) return std::nullopt;
  const MappingParams map{any<MapPreset>(random), std::int64_t{32} << random.between(0, 7), {}};
  const bool bits_select = is_power_of_two(channels) && is_power_of_two(o.ranks);
  if (!bits_select || !is_power_of_two(o.rows) || random.between(0, 3) > 0) return map;
  return free_map(o, channels, map, random);
}

std::optional<double> maybe_ns(Random& random, bool possible) {
  if (!possible || random.between(0, 2) > 0) return std::nullopt;
  return one_of<double>(random, {0, 5, 40, 700});
}

/// What either engine models.
ControllerParams any_queues(Random& random) {
  ControllerParams c;
  c.queue_bursts = one_of<std::int64_t>(random, {1, 2, 3, 4, 9, 16, 33, 64, 64, 256});
  c.backlog_bursts = one_of<std::int64_t>(random, {1, 2, 8, 50, 128, 1000});
  c.scheduler = any<Scheduler>(random);
  if (random.between(0, 2) == 0) c.pass_limit = one_of<std::int64_t>(random, {1, 5, 64, 512});
  c.write_high_percent = random.between(1, 100);
  c.write_low_percent = random.between(0, c.write_high_percent - 1);
  c.write_response = any<WriteResponse>(random);
  c.front_end_ns = one_of<double>(random, {0, 0.4, 3.3, 10, 10, 80});
  c.back_end_ns = one_of<double>(random, {0, 10, 10, 33.3});
  c.refresh = random.between(0, 3) ? RefreshMode::all_bank : RefreshMode::none;
  return c;
}

ControllerParams any_policy(const ResolvedPart& part, Random& random) {
  ControllerParams c = any_queues(random);
  c.page_policy = any<PagePolicy>(random);
  if (random.between(0, 2) == 0) c.row_hit_cap = one_of<std::int64_t>(random, {1, 2, 7, 64});
  if (part.refresh_sets > 0 && random.coin()) c.refresh = RefreshMode::per_bank;
  if (random.coin()) c.refresh_postpone_max = random.between(0, 8);
  if (random.coin()) c.refresh_pull_in_max = random.between(0, 8);
  c.power_down_idle_ns = maybe_ns(random, part.has("t_xp + t_cke + t_cmdcke"));
  c.self_refresh_idle_ns = maybe_ns(random, part.has("t_xsr + t_sr + t_cmdcke"));
  return c;
}

bool is_density(const std::string& variant) {
  return variant.ends_with("Gb");
}

}  // namespace

std::string MemoryCase::words() const {
  const ControllerParams& c = memory.controller;
  const MappingParams& map = memory.mapping.value_or(part.mapping);
  const auto or_never = [](auto value) { return value ? fmt::format("{}", *value) : "-"; };
  return fmt::format(
      "{} x{}, {}, map {} {} B{}, queue {} backlog {}, {} cap {} limit {}, {} pages, refresh {} "
      "+{} -{}, "
      "power-down {} self-refresh {}, writes {}..{} % {}, ends {} and {} ns, {} transactions",
      part.name, *memory.channels, to_string(memory.engine), to_string(map.preset),
      map.granule_bytes, map.bits.empty() ? "" : " (changed)", c.queue_bursts, c.backlog_bursts,
      to_string(c.scheduler), or_never(c.row_hit_cap), or_never(c.pass_limit),
      to_string(c.page_policy), to_string(c.refresh), c.refresh_postpone_max, c.refresh_pull_in_max,
      or_never(c.power_down_idle_ns), or_never(c.self_refresh_idle_ns), c.write_low_percent,
      c.write_high_percent, to_string(c.write_response), c.front_end_ns, c.back_end_ns,
      traffic.size());
}

std::vector<PartParams> parts_of_the_product() {
  std::vector<PartParams> parts;
  const auto add = [&](const std::string& name) {
    parts.push_back(shipped_part(name));
    parts.back().name = name;
    return parts.back().variants;
  };
  for (const auto& name : shipped_parts()) {
    const auto variants = add(name);
    for (const auto& [variant, changes] : variants) {
      add(name + "@" + variant);
      for (const auto& [mode, more] : variants) {
        if (is_density(variant) && !is_density(mode)) add(name + "@" + variant + "@" + mode);
      }
    }
  }
  return parts;
}

MemoryCase memory_case(const std::vector<PartParams>& parts, MemoryEngine engine,
                       std::uint64_t seed) {
  Random random{seed};
  const auto last = static_cast<std::int64_t>(parts.size()) - 1;
  MemoryCase result{parts[static_cast<std::size_t>(random.between(0, last))], {}, {}};
  const ResolvedPart part{result.part};
  MemoryParams& memory = result.memory;
  memory.engine = engine;
  memory.channels =
      random.coin() ? random.between(1, 6) : 1 + static_cast<std::int64_t>(seed % kMostChannels);
  memory.mapping = any_mapping(part.organisation, *memory.channels, random);
  memory.controller = engine == MemoryEngine::fast ? any_queues(random) : any_policy(part, random);
  const Bytes capacity{*memory.channels * part.organisation.channel_bytes()};
  result.traffic = any_traffic(capacity, part.organisation, random);
  return result;
}

}  // namespace npulse::testing
