// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/resolved_part.h"

#include <algorithm>
#include <array>
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
       {Row{"lpddr4-3200", 6'400'000'000, 16, 16}, Row{"lpddr4x-4266", 8'532'000'000, 16, 16},
        Row{"lpddr5-3200", 6'400'000'000, 16, 32}, Row{"lpddr5-5500", 11'000'000'000, 16, 32},
        Row{"lpddr5-6400", 12'800'000'000, 16, 32}, Row{"lpddr5x-7500", 15'000'000'000, 16, 32},
        Row{"lpddr5x-8533", 17'066'000'000, 32, 64}, Row{"lpddr5x-9600", 19'200'000'000, 16, 32},
        Row{"hbm2-2000", 32'000'000'000, 8, 8}, Row{"hbm2-2000-dramsys", 32'000'000'000, 8, 8},
        Row{"hbm2-2400", 38'400'000'000, 8, 8}, Row{"hbm2e-3600", 57'600'000'000, 8, 16},
        Row{"hbm3-5200", 41'600'000'000, 16, 16}, Row{"hbm3-6400", 51'200'000'000, 16, 16},
        Row{"hbm3-6000-rngd", 48'000'000'000, 32, 48}, Row{"hbm3e-9200", 73'600'000'000, 16, 32},
        Row{"gddr6-14000", 28'000'000'000, 16, 8}, Row{"ddr5-4800", 19'200'000'000, 4, 32}}) {
    INFO(name);
    const ResolvedPart part{shipped_part(name)};
    REQUIRE(part.channel_bytes_per_s() == bytes_per_s);
    REQUIRE(part.params.channels == channels);
    REQUIRE(channels * part.organisation.channel_bytes() == gib << 30);
  }
}

TEST_CASE("Clocks of LPDDR4 parts are those of DRAMSys", "[arch][dram]") {
  // facts/dram.md 1.2, columns 3200 and 4266.
  const std::map<std::string, std::pair<std::int64_t, std::int64_t>> table{
      {"rl", {28, 36}},      {"t_dqsck", {3, 4}},     {"t_rcd", {29, 39}}, {"t_rp", {29, 39}},
      {"t_rp_ab", {34, 45}}, {"t_ras", {68, 90}},     {"t_ccd_s", {8, 8}}, {"t_rrd_s", {16, 22}},
      {"t_faw", {64, 86}},   {"t_wtr_s", {16, 22}},   {"t_wr", {29, 39}},  {"t_rtp", {12, 17}},
      {"t_xp", {12, 17}},    {"t_rfc_pb", {224, 299}}};
  const ResolvedPart slow{shipped_part("lpddr4-3200")}, fast{shipped_part("lpddr4-4266")};
  for (const auto& [name, clocks] : table) {
    INFO(name);
    CHECK(slow.ticks(name) == Cycles{clocks.first});
    CHECK(fast.ticks(name) == Cycles{clocks.second});
  }
}

TEST_CASE("Derived speed bins have the clocks that their derivation gives", "[arch][dram]") {
  // facts/dram.md 1.4 (HBM2E-3200 and 3600) and 1.5 (HBM3E-9200).
  const std::map<std::string, std::array<std::int64_t, 3>> table{
      {"rl", {23, 26, 29}},    {"t_rcdrd", {23, 26, 45}}, {"t_rp", {23, 26, 38}},
      {"t_ras", {54, 60, 65}}, {"t_wr", {26, 29, 48}},    {"t_faw", {24, 27, 35}}};
  const std::array<ResolvedPart, 3> parts{ResolvedPart{shipped_part("hbm2e-3200")},
                                          ResolvedPart{shipped_part("hbm2e-3600")},
                                          ResolvedPart{shipped_part("hbm3e-9200")}};
  for (const auto& [name, clocks] : table) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      INFO(parts[i].params.name << " " << name);
      CHECK(parts[i].ticks(name) == clocks[i] * parts[i].ticks_per_clock);
    }
  }
}

TEST_CASE("A density changes rows and refresh, and the part says its name", "[arch][dram]") {
  const PartParams base = shipped_part("lpddr5x-8533"), small = shipped_part("lpddr5x-8533@8Gb");
  REQUIRE(small.name == "lpddr5x-8533@8Gb");
  REQUIRE(2 * small.organisation.channel_bytes() == base.organisation.channel_bytes());
  REQUIRE(small.timing.t_rfc_ab->ns == 210);
  REQUIRE(small.timing.t_rfc_pb->ns == 120);
  REQUIRE(small.timing.t_rcd == base.timing.t_rcd);
  REQUIRE(shipped_part("lpddr5x-8533@16Gb").timing.t_rfc_ab == base.timing.t_rfc_ab);
}

TEST_CASE("Several variants of a part add up", "[arch][dram]") {
  const PartParams part = shipped_part("lpddr5-6400@8Gb@8b");
  REQUIRE(part.name == "lpddr5-6400@8Gb@8b");
  REQUIRE(part.organisation.banks == 8);
  REQUIRE(part.organisation.bank_groups == 1);
  REQUIRE(part.organisation.burst_bytes() == 64);
  REQUIRE(part.organisation.channel_bytes() == std::int64_t{1} << 30);
}

TEST_CASE("Variants are also found behind a path, and unknown ones are named", "[arch][dram]") {
  const std::string path = NPULSE_SOURCE_DIR "/configs/parts/hbm3-6400.yaml";
  REQUIRE(shipped_part(path + "@16Gb").organisation.rows == 32768);
  REQUIRE_THROWS_WITH(
      shipped_part("hbm3-6400@6Gb"),
      Contains("has no variant '6Gb'; allowed: 4Gb, 8Gb, 16Gb") && Contains("did you mean"));
  REQUIRE_THROWS_WITH(shipped_part("hbm2-2000-dramsys@8Gb"), Contains("it has none"));
}

TEST_CASE("Figures of a variant keep their own sources", "[arch][dram]") {
  std::vector<Provenance> origins;
  const Catalogue catalogue{NPULSE_SOURCE_DIR "/configs"};
  read<PartParams>(part_config(catalogue, "lpddr4-3200@16Gb"), &origins);
  const auto rows = std::find_if(origins.begin(), origins.end(), [](const Provenance& origin) {
    return origin.path == "organisation.rows";
  });
  REQUIRE(rows != origins.end());
  REQUIRE(rows->mark == Mark::read);
  REQUIRE_THAT(rows->source, Contains("16 Gb"));
}

TEST_CASE("A per-bank refresh covers no more banks than there are", "[arch][dram]") {
  PartParams params = shipped_part("lpddr4-3200");
  params.organisation.refpb_banks = 16;
  REQUIRE_THROWS_WITH(ResolvedPart{params}, Contains("refpb_banks: 16: a rank has only 8 banks"));
}

TEST_CASE("A pause must be half of the burst", "[arch][dram]") {
  PartParams params = shipped_part("lpddr5-6400@bl32");
  params.organisation.burst_pause = 8;
  REQUIRE_THROWS_WITH(ResolvedPart{params}, Contains("burst_pause: 8: must be 0 or half"));
  params.organisation.burst_length = 8;
  params.organisation.burst_pause = 4;
  REQUIRE_THROWS_WITH(ResolvedPart{params}, Contains("burst_pause: 4: must be a multiple of 8"));
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
