// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/resolved_part.h"

#include <catch2/catch.hpp>

#include "arch/dram/timing_lookup.h"
#include "sim/core/config.h"
#include "sim/core/error.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;
using Catch::Contains;

TEST_CASE("A timing is the larger of its nanoseconds, rounded up to clocks, and its clocks",
          "[arch][dram]") {
  PartParams params = shipped_part("lpddr5-6400");  // CK = 1.25 ns
  params.timing.t_rcd = TimingValue{18, 0};
  params.timing.t_rp = TimingValue{17.5, 0};
  params.timing.t_ras = TimingValue{42, 40};
  const ResolvedPart part{params};
  REQUIRE(part.ticks("t_rcd") == Cycles{15});
  REQUIRE(part.ticks("t_rp") == Cycles{14});
  REQUIRE(part.ticks("t_ras") == Cycles{40});
  REQUIRE(part.ticks("t_ras + t_rp - t_rcd") == Cycles{40 + 14 - 15});
}

TEST_CASE("Intervals of refresh are rounded down, as they are limits from above", "[arch][dram]") {
  PartParams params = shipped_part("lpddr5-6400");
  params.timing.t_refi = TimingValue{3906, 0};
  REQUIRE(ResolvedPart{params}.t_refi == Cycles{3124});
}

TEST_CASE("A tick is half a clock where commands take half clocks", "[arch][dram]") {
  const ResolvedPart part{shipped_part("hbm3-6400")};
  REQUIRE(part.ticks_per_clock == Cycles{2});
  REQUIRE(part.clock.frequency() == Hertz{3'200'000'000});
  REQUIRE(part.ticks("t_rp") == 26 * part.ticks_per_clock);
  REQUIRE(part.burst == 2 * part.ticks_per_clock);
}

TEST_CASE("Clocks of LPDDR parts are those of JEDEC's tables", "[arch][dram]") {
  // facts/dram.md 1.3, columns 6400 and 8533.
  const std::map<std::string, std::pair<std::int64_t, std::int64_t>> table{
      {"rl", {17, 23}},    {"t_rcd", {15, 20}},     {"t_rp", {15, 20}},    {"t_rp_ab", {17, 23}},
      {"t_ras", {34, 45}}, {"t_wr", {28, 37}},      {"t_rtp", {8, 8}},     {"t_rrd_s", {4, 6}},
      {"t_faw", {16, 22}}, {"t_wtr_s", {5, 7}},     {"t_wtr_l", {10, 13}}, {"t_ppd", {2, 2}},
      {"t_aad", {8, 8}},   {"t_rfc_ab", {224, 299}}};
  const ResolvedPart slow{shipped_part("lpddr5-6400")}, fast{shipped_part("lpddr5x-8533")};
  for (const auto& [name, clocks] : table) {
    INFO(name);
    REQUIRE(slow.ticks(name) == Cycles{clocks.first});
    REQUIRE(fast.ticks(name) == Cycles{clocks.second});
  }
}

TEST_CASE("Shipped parts have the bandwidth and the size of their data sheets", "[arch][dram]") {
  struct Row {
    const char* name;
    std::int64_t bytes_per_s, channels, gib;
  };
  for (const auto& [name, bytes_per_s, channels, gib] :
       {Row{"lpddr5-6400", 12'800'000'000, 16, 32}, Row{"lpddr5x-8533", 17'066'000'000, 32, 64},
        Row{"hbm3-6400", 51'200'000'000, 16, 16}, Row{"hbm3-6000-rngd", 48'000'000'000, 32, 48}}) {
    INFO(name);
    const ResolvedPart part{shipped_part(name)};
    REQUIRE(part.channel_bytes_per_s() == bytes_per_s);
    REQUIRE(part.params.channels == channels);
    REQUIRE(channels * part.organisation.channel_bytes() == gib << 30);
  }
}

TEST_CASE("Missing and needless timings are all named at once", "[arch][dram]") {
  PartParams params = shipped_part("lpddr5-6400");
  params.timing.t_rcd.reset();
  params.timing.t_faw.reset();
  params.timing.t_rcdrd = TimingValue{18, 0};
  REQUIRE_THROWS_WITH(ResolvedPart{params},
                      Contains("timing.t_rcd: missing: lpddr5 parts need it") &&
                          Contains("timing.t_faw: missing") &&
                          Contains("timing.t_rcdrd: not a timing of lpddr5 parts"));
}

TEST_CASE("A part may lack the timings of what only some controllers do", "[arch][dram]") {
  PartParams params = shipped_part("lpddr5-6400");
  REQUIRE(ResolvedPart{params}.has("t_rfc_pb + t_rp"));
  params.timing.t_rfc_pb.reset();
  REQUIRE_FALSE(ResolvedPart{params}.has("t_rfc_pb + t_rp"));
}

TEST_CASE("Faults of a part file are reported at their places", "[arch][dram]") {
  const auto path = Catalogue{NPULSE_SOURCE_DIR "/configs"}.find("parts", "lpddr5-6400");
  ConfigFile file = ConfigFile::load(path);
  file.set("timing.t_rcdrd={ns: 18}");
  file.set("organisation.banks=3");
  file.set("timing.t_rcd=~");
  REQUIRE_THROWS_WITH(read<PartParams>(file), Contains("organisation.banks"));
  file.set("organisation.banks=4");
  REQUIRE_THROWS_WITH(read<PartParams>(file), Contains("timing.t_rcdrd") &&
                                                  Contains("not a timing of lpddr5 parts") &&
                                                  Contains("timing.t_rcd") && Contains("missing"));
}

TEST_CASE("A part that would do nothing but refresh is refused", "[arch][dram]") {
  PartParams params = shipped_part("hbm3-6400");
  params.timing.t_refi = TimingValue{300, 0};
  REQUIRE_THROWS_WITH(ResolvedPart{params}, Contains("timing.t_refi: 960 ticks: must be at least"));
}

TEST_CASE("Counts that the address map cannot serve are refused", "[arch][dram]") {
  PartParams params = shipped_part("hbm3-6400");
  params.organisation.bank_groups = 3;
  params.organisation.ranks = 8;
  REQUIRE_THROWS_WITH(ResolvedPart{params},
                      Contains("bank_groups: 3: must be a power of two") && Contains("at most 64"));
}

TEST_CASE("Every scalar of every shipped part says where it comes from", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const auto path = Catalogue{NPULSE_SOURCE_DIR "/configs"}.find("parts", name);
    std::vector<Provenance> origins;
    const auto part = read<PartParams>(ConfigFile::load(path), &origins);
    REQUIRE(part.name == name);
    for (const auto& origin : origins) {
      if (origin.mark == Mark::by_default) continue;
      INFO(name << ": " << origin.path);
      REQUIRE(origin.mark != Mark::none);
      REQUIRE_FALSE(origin.source.empty());
    }
  }
}
