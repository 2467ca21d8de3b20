// SPDX-License-Identifier: Apache-2.0
// The shipped chips: complete, sourced, and with the peaks that their vendors publish.
#include <catch2/catch.hpp>
#include <set>

#include "arch/chip/chip.h"
#include "arch/chip/params.h"
#include "arch/energy/tech.h"
#include "sim/core/catalogue.h"
#include "sim/core/config.h"
#include "sim/core/param_writers.h"

using namespace npulse;
using namespace npulse::arch;
using isa::DataType;

namespace {

const Catalogue kCatalogue{NPULSE_SOURCE_DIR "/configs"};

ChipParams chip(const std::string& name, std::vector<Provenance>* provenance = nullptr) {
  return read<ChipParams>(ConfigFile::load(kCatalogue.find("chips", name)), provenance);
}

/// Operations (two a multiply-accumulate) a second of all cores.
double peak_ops(const ChipParams& c, DataType type) {
  return 2.0 * static_cast<double>(c.cores * macs_per_cycle(c.pe, type)) *
         static_cast<double>(c.clock.count());
}

/// Belongs to the kind of array that the chip does not have.
bool is_unused(const ChipParams& c, const std::string& path) {
  return path.starts_with(c.pe.kind == PeKind::systolic ? "pe.dot_product." : "pe.systolic.");
}

/// How the chip is simulated, not what it is.
bool is_setting(const std::string& path) {
  return path == "memory.engine";
}

}  // namespace

TEST_CASE("RNGD's peaks are those of its announcement", "[chips]") {
  const ChipParams c = chip("rngd");
  CHECK(peak_ops(c, DataType::fp8) == Approx(512e12).epsilon(0.03));
  CHECK(peak_ops(c, DataType::i8) == Approx(512e12).epsilon(0.03));
  CHECK(peak_ops(c, DataType::bf16) == Approx(256e12).epsilon(0.03));
  CHECK(peak_ops(c, DataType::i4) == Approx(1024e12).epsilon(0.03));
  CHECK(c.cores * c.spm.capacity == Bytes{256 << 20});
}

TEST_CASE("Bertha's peaks are those of its announcement", "[chips]") {
  const ChipParams c = chip("bertha");
  CHECK(peak_ops(c, DataType::fp8) == Approx(768e12));
  CHECK(peak_ops(c, DataType::fp16) == Approx(384e12));
  CHECK(c.cores * c.spm.capacity == Bytes{256 << 20});
}

TEST_CASE("Every figure of every chip says where it comes from", "[chips]") {
  for (const auto& name : kCatalogue.list("chips")) {
    std::vector<Provenance> provenance;
    const ChipParams c = chip(name, &provenance);
    CHECK(c.name == name);
    for (const auto& entry : provenance) {
      CAPTURE(name, entry.path, entry.value, to_string(entry.mark));
      CHECK(
          (is_unused(c, entry.path) || is_setting(entry.path) ||
           (entry.mark != Mark::by_default && entry.mark != Mark::none && !entry.source.empty())));
    }
  }
}

TEST_CASE("Every chip names a part and tables that exist and cover it", "[chips]") {
  for (const auto& name : kCatalogue.list("chips")) {
    CAPTURE(name);
    const ChipParams c = chip(name);
    const auto part =
        read<dram::PartParams>(ConfigFile::load(kCatalogue.find("parts", c.memory.part)));
    const auto tech = read<TechParams>(ConfigFile::load(kCatalogue.find("tech", c.tech)));
    CHECK_NOTHROW(phy_energy(tech, to_string(part.family)));
    CHECK_NOTHROW(sram_energy(tech, Bytes{c.spm.capacity.count() / c.spm.banks}));
    CHECK_NOTHROW(sram_energy(tech, Bytes{c.acc.capacity.count() / c.acc.banks}));
  }
}

TEST_CASE("The network carries what the memory gives, so that memory can bind", "[chips]") {
  for (const auto& name : kCatalogue.list("chips")) {
    CAPTURE(name);
    const ChipParams c = chip(name);
    const auto part =
        read<dram::PartParams>(ConfigFile::load(kCatalogue.find("parts", c.memory.part)));
    const double seconds_a_cycle = 1.0 / static_cast<double>(c.clock.count());
    const auto& o = part.organisation;
    const double memory = static_cast<double>(c.memory.channels.value_or(part.channels)) *
                          static_cast<double>(o.width_bits * o.pseudo_channels * part.rate_mtps) *
                          1e6 / 8 * seconds_a_cycle;
    CHECK(static_cast<double>(c.noc.memory_bytes_per_cycle) >= memory);
    CHECK(static_cast<double>(c.cores * c.noc.core_bytes_per_cycle) >= memory);
  }
}

TEST_CASE("Every chip has the queues that lowering uses", "[chips]") {
  for (const auto& name : kCatalogue.list("chips")) {
    std::multiset<std::string> kinds, names;
    for (const auto& queue : chip(name).queues) {
      kinds.insert(to_string(queue.kind));
      names.insert(queue.name);
    }
    CAPTURE(name);
    for (const char* wanted : {"ld", "st", "mx", "vec"}) CHECK(names.count(wanted) == 1);
    CHECK(kinds.count("matrix") == 1);
    CHECK(kinds.count("vector") == 1);
    CHECK(kinds.count("dma") >= 2);
  }
}

TEST_CASE("The effective configuration of a chip reads back to itself", "[chips]") {
  for (const auto& name : kCatalogue.list("chips")) {
    CAPTURE(name);
    std::vector<Provenance> provenance, again;
    const ChipParams c = chip(name, &provenance);
    const std::string dump = to_yaml(reflect(c), provenance);
    const auto second = read<ChipParams>(ConfigFile::parse(dump, name), &again);
    CHECK(to_json(reflect(second)) == to_json(reflect(c)));
    CHECK(to_yaml(reflect(second), again) == dump);
  }
}

TEST_CASE("Another memory brings its own channels and mapping, unless they are set beside it",
          "[chips]") {
  const auto channels = [](const arch::ChipChanges& changes) {
    return arch::load_chip("bertha", changes).params.memory.channels;
  };
  CHECK(!channels({"hbm3-6400", {}}));
  CHECK(channels({"hbm3-6400:8", {}}) == 8);
  CHECK(channels({"hbm3-6400", {"memory.channels=8"}}) == 8);
  CHECK_THROWS_WITH(channels({"hbm3-6400:8", {"memory.channels=8"}}),
                    Catch::Contains("leave one of them out"));
}
