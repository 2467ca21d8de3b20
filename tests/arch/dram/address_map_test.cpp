// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/address_map.h"

#include <bit>
#include <catch2/catch.hpp>
#include <set>
#include <tuple>

#include "sim/core/error.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

using Place = std::tuple<std::uint32_t, int, int, std::uint32_t, int>;

Place place(const Location& l) {
  return {l.channel, l.at.pseudo_channel, l.at.bank, l.at.row, l.at.column};
}

/// Few rows, so that every burst can be visited.
Organisation small(Organisation o, std::int64_t rows = 8) {
  o.rows = rows;
  return o;
}

void require_bijective(const Organisation& o, std::int64_t channels, const MappingParams& params) {
  const AddressMap map{o, channels, params};
  const std::int64_t bursts = map.capacity().count() / o.burst_bytes();
  std::set<Place> seen;
  bool in_range = true;
  for (std::int64_t i = 0; i < bursts; ++i) {
    const Location l = map.decode(static_cast<Address>(i * o.burst_bytes()));
    in_range = in_range && l.channel < channels && l.at.pseudo_channel < o.pseudo_channels &&
               l.at.bank < o.total_banks() && l.at.row < o.rows && l.at.column < o.bursts_per_row();
    seen.insert(place(l));
  }
  REQUIRE(in_range);
  REQUIRE(static_cast<std::int64_t>(seen.size()) == bursts);
}

MappingParams free_map(std::map<std::string, std::vector<std::string>> bits) {
  return {MapPreset::bgi, 256, std::move(bits)};
}

/// 2 channels x 2 banks x 2 rows x 2 bursts of 32 bytes.
Organisation tiny() {
  return {16, 16, 1, 1, 1, 2, 2, 64};
}

}  // namespace

TEST_CASE("Every preset gives every burst its own place, for any number of channels",
          "[arch][dram]") {
  for (const auto& name : {"lpddr4-3200", "lpddr5-6400", "lpddr5-6400@8b", "hbm2-2000@16Gb",
                           "hbm3-6000-rngd", "ddr5-4800"}) {
    const Organisation o = small(shipped_part(name).organisation, 4);
    for (const auto& [preset, preset_name] : enum_names(MapPreset{})) {
      for (const std::int64_t channels : {1, 2, 3, 5, 8}) {
        INFO(name << ", " << preset_name << ", " << channels << " channels");
        require_bijective(o, channels, {preset, 256, {}});
      }
    }
  }
}

TEST_CASE("Every part has a working default map for 1 to 128 channels", "[arch][dram]") {
  std::mt19937_64 random{3};
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    for (std::int64_t channels = 1; channels <= 128; ++channels) {
      const AddressMap map{part.organisation, channels, part.mapping};
      const auto size = static_cast<Address>(map.capacity().count());
      REQUIRE(map.capacity() == Bytes{channels * part.organisation.channel_bytes()});
      for (int i = 0; i < 50; ++i) {
        const Location l = map.decode(random() % size);
        REQUIRE(l.channel < channels);
        REQUIRE(l.at.bank < part.organisation.total_banks());
        REQUIRE(l.at.row < part.organisation.rows);
      }
    }
  }
}

TEST_CASE("Granules go round the channels", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    for (const std::int64_t channels : {4, 12, 32}) {
      const AddressMap map{part.organisation, channels, part.mapping};
      std::set<std::uint32_t> seen;
      for (std::int64_t c = 0; c < channels; ++c) {
        const Address begin = static_cast<Address>(c) * 256;
        seen.insert(map.decode(begin).channel);
        REQUIRE(map.decode(begin).channel == map.decode(begin + 255).channel);
      }
      INFO(name << ", " << channels << " channels");
      REQUIRE(static_cast<std::int64_t>(seen.size()) == channels);
    }
  }
}

TEST_CASE("The bursts of a run are consecutive columns of one row", "[arch][dram]") {
  std::mt19937_64 random{5};
  for (const auto& name : shipped_parts()) {
    const PartParams part = shipped_part(name);
    for (const auto& [preset, preset_name] : enum_names(MapPreset{})) {
      const AddressMap map{part.organisation, 8, {preset, 256, {}}};
      const auto run = static_cast<Address>(map.run_bytes().count());
      const auto burst = static_cast<Address>(part.organisation.burst_bytes());
      const Address begin = random() % (static_cast<Address>(map.capacity().count()) / run) * run;
      INFO(name << ", " << preset_name << ", run of " << run << " bytes");
      REQUIRE(run >= (preset == MapPreset::mop4clxor ? burst : 128));
      for (Address i = 0; i < run / burst; ++i) {
        Location expected = map.decode(begin);
        expected.at.column = static_cast<std::uint16_t>(expected.at.column + i);
        REQUIRE(place(map.decode(begin + i * burst)) == place(expected));
      }
    }
  }
}

TEST_CASE("The presets of other simulators have the order that their names say", "[arch][dram]") {
  // 4 channels x 2 pseudo-channels x 2 ranks x 2 groups x 4 banks, 1 KB rows of 32 bursts; address
  // bits 5 and 6 are in the granule of 128 bytes.
  const Organisation o{64, 4, 2, 2, 2, 4, 1024, 1024};
  const auto order = [&](MapPreset preset) {
    const AddressMap map{o, 4, {preset, 128, {}}};
    std::string text;
    const auto add = [&](bool moved, char letter) {
      if (moved && (text.empty() || text.back() != letter)) text += letter;
    };
    for (int bit = 5; std::int64_t{1} << bit < map.capacity().count(); ++bit) {
      const Location l = map.decode(Address{1} << bit);
      add(l.at.row != 0, 'R');
      if (l.at.row) continue;  // which may be hashed into others
      add(l.at.column != 0, 'c');
      add(l.channel != 0, 'C');
      add(l.at.pseudo_channel != 0, 'p');
      add((l.at.bank & 3) != 0, 'b');
      add((l.at.bank & 4) != 0, 'g');
      add((l.at.bank & 8) != 0, 'r');
    }
    return text;
  };
  // From the lowest bit up: c column, C channel, p pseudo-channel, g group, b bank, r rank, R row.
  CHECK(order(MapPreset::robaracoch) == "cCcprgbR");
  CHECK(order(MapPreset::rorabacoch) == "cCpcgbrR");
  CHECK(order(MapPreset::rocorabach) == "cCpgbrcR");
  CHECK(order(MapPreset::chrabaroco) == "cRbgrpC");
}

TEST_CASE("MOP4CLXOR is Ramulator's", "[arch][dram]") {
  // The same memory with granules of four bursts. From bit 5 up: 2 bits of column, 2 of channel, 1
  // each of pseudo-channel, rank and group, 2 of bank, 3 of column, row.
  const Organisation o{64, 4, 2, 2, 2, 4, 1024, 1024};
  const AddressMap map{o, 4, {MapPreset::mop4clxor, 128, {}}};
  const auto at = [&](int bit) { return map.decode(Address{1} << bit); };
  REQUIRE(at(7).channel == 1);
  REQUIRE(at(9).at.pseudo_channel == 1);
  REQUIRE(at(10).at.bank == 8);
  REQUIRE(at(11).at.bank == 4);
  REQUIRE(at(13).at.bank == 2);
  REQUIRE(at(17).at == DecodedAddress{0, 0, 0, 1});
  // The column's five bits go in turn to the pseudo-channel, rank, group and both bits of the bank.
  REQUIRE(at(5).at == DecodedAddress{1, 0, 1, 0});
  REQUIRE(at(6).at == DecodedAddress{0, 8, 2, 0});
  REQUIRE(at(14).at == DecodedAddress{0, 4, 4, 0});
  REQUIRE(at(15).at == DecodedAddress{0, 1, 8, 0});
  REQUIRE(at(16).at == DecodedAddress{0, 2, 16, 0});
}

TEST_CASE("RNGD's map is the vendor's", "[arch][dram]") {
  // facts/chips.md 3.2: bit 8 stack; 9-12 channel (XOR with 13-28); 13 and 19 bank group; 17-18
  // bank.
  const PartParams part = shipped_part("hbm3-6000-rngd");
  const AddressMap map{part.organisation, part.channels, part.mapping};
  const auto at = [&](int bit) { return map.decode(Address{1} << bit); };
  REQUIRE(map.capacity() == Bytes{std::int64_t{48} << 30});
  REQUIRE(at(8).channel == 1);
  for (int bit = 9; bit <= 28; ++bit) REQUIRE(at(bit).channel == 2u << (bit - 9) % 4);
  for (int bit = 29; bit <= 35; ++bit) REQUIRE(at(bit).channel == 0);
  REQUIRE(at(13).at.bank == 1 << 2);
  REQUIRE(at(19).at.bank == 2 << 2);
  REQUIRE(at(17).at.bank == 1);
  REQUIRE(at(18).at.bank == 2);
  REQUIRE(at(14).at.column == 4);
  REQUIRE(at(21).at.row == 2);
}

TEST_CASE("A free map of bit lists is obeyed", "[arch][dram]") {
  const AddressMap map{
      tiny(), 2,
      free_map({{"channel", {"6^8"}}, {"bank", {"7"}}, {"row", {"8"}}, {"column", {"5"}}})};
  REQUIRE(map.decode(1u << 6).channel == 1);
  REQUIRE(map.decode(1u << 8).channel == 1);
  REQUIRE(map.decode(1u << 8 | 1u << 6).channel == 0);
  REQUIRE(map.decode(1u << 8).at.row == 1);
  REQUIRE(map.decode(1u << 5).at.column == 1);
  require_bijective(
      tiny(), 2,
      free_map({{"channel", {"6^8"}}, {"bank", {"7^8"}}, {"row", {"8"}}, {"column", {"5"}}}));
}

TEST_CASE("Random invertible maps are accepted and random singular ones are not", "[arch][dram]") {
  std::mt19937_64 random{11};
  const Organisation o{16, 16, 1, 1, 2, 2, 4, 128};
  const std::vector<std::pair<const char*, int>> fields{
      {"channel", 1}, {"bank_group", 1}, {"bank", 1}, {"row", 2}, {"column", 2}};
  int accepted = 0, refused = 0;
  for (int trial = 0; trial < 200; ++trial) {
    std::map<std::string, std::vector<std::string>> bits;
    for (const auto& [field, width] : fields) {
      for (int b = 0; b < width; ++b) {
        std::string terms;
        for (int bit = 5; bit < 12; ++bit) {
          if (random() % 2) terms += (terms.empty() ? "" : "^") + std::to_string(bit);
        }
        bits[field].push_back(terms.empty() ? "5" : terms);
      }
    }
    bool valid = true;
    try {
      AddressMap{o, 2, free_map(bits)};
    } catch (const InputError&) {
      valid = false;
    }
    if (valid) require_bijective(o, 2, free_map(bits));
    ++(valid ? accepted : refused);
  }
  REQUIRE(accepted > 20);
  REQUIRE(refused > 20);
}

TEST_CASE("A bad map is refused in words", "[arch][dram]") {
  const auto build = [](std::int64_t channels,
                        std::map<std::string, std::vector<std::string>> bits) {
    AddressMap{tiny(), channels, free_map(std::move(bits))};
  };
  using Catch::Contains;
  REQUIRE_THROWS_WITH(build(2, {{"chanel", {"6"}}}), Contains("did you mean 'channel'"));
  REQUIRE_THROWS_WITH(build(2, {{"channel", {"6^"}}}), Contains("'6^'") && Contains("9^13^17"));
  REQUIRE_THROWS_WITH(build(2, {{"channel", {"6"}}, {"bank", {"7"}}, {"row", {"8"}}}),
                      Contains("mapping.bits.column: 0 bits given, 1 needed"));
  REQUIRE_THROWS_WITH(
      build(2, {{"channel", {"6"}}, {"bank", {"6"}}, {"row", {"8"}}, {"column", {"5"}}}),
      Contains("two addresses would share a place"));
  REQUIRE_THROWS_WITH(
      build(2, {{"channel", {"6"}}, {"bank", {"7"}}, {"row", {"9"}}, {"column", {"5"}}}),
      Contains("row bit 0 uses address bit 9, but memory has only 9 address bits"));
  REQUIRE_THROWS_WITH(build(3, {{"channel", {"6"}}}), Contains("3 channels are no power of two"));
  REQUIRE_THROWS_WITH((AddressMap{tiny(), 2, {MapPreset::bgi, 100, {}}}),
                      Contains("must be a power of two"));
}

TEST_CASE("Ranks that are no power of two must lie on top", "[arch][dram]") {
  Organisation o = tiny();
  o.ranks = 3;
  const auto bits = [](std::vector<std::string> rank, std::string row) {
    return free_map({{"channel", {"6"}},
                     {"bank", {"7"}},
                     {"row", {row}},
                     {"column", {"5"}},
                     {"rank", std::move(rank)}});
  };
  require_bijective(o, 2, bits({"9", "10"}, "8"));
  REQUIRE_THROWS_WITH((AddressMap{o, 2, bits({"8", "9"}, "10")}),
                      Catch::Contains("rank = 3 is no power of two"));
}
