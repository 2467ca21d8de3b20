// SPDX-License-Identifier: Apache-2.0
// The shipped tables: they follow from the rows that they name, and are plausible against silicon.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "arch/energy/tech.h"
#include "sim/core/catalogue.h"
#include "sim/core/config.h"

using namespace npulse;
using namespace npulse::arch;
using isa::DataType;

namespace {

const Catalogue kCatalogue{NPULSE_SOURCE_DIR "/configs"};

/// The rows of a CSV file under configs/tech/sources, without comments and heading.
std::vector<std::vector<std::string>> rows(const std::string& name) {
  std::ifstream file{kCatalogue.root() / "tech" / "sources" / name};
  std::vector<std::vector<std::string>> all;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream cells{line};
    auto& row = all.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
  }
  REQUIRE(all.size() > 1);
  all.erase(all.begin());
  return all;
}

struct Scale {
  double logic = 0, sram = 0;
};

Scale scale_of(double node_nm) {
  for (const auto& row : rows("scaling.csv")) {
    if (std::stod(row[0]) == node_nm) return {std::stod(row[1]), std::stod(row[2])};
  }
  FAIL("no scaling to " << node_nm << " nm");
  return {};
}

TechParams table(const std::string& name, std::vector<Provenance>* provenance = nullptr) {
  return read<TechParams>(ConfigFile::load(kCatalogue.find("tech", name)), provenance);
}

auto close_to(double value) {
  return Approx(value).epsilon(1e-3);
}

}  // namespace

TEST_CASE("MAC energies follow from their source rows and the node's scale", "[energy]") {
  const TechParams t = table(GENERATE("4nm", "5nm", "7nm"));
  CAPTURE(t.name);
  const Scale scale = scale_of(t.node_nm);
  for (const auto& row : rows("mac_pj.csv")) {
    const auto type = parse_enum<DataType>(row[0]);
    REQUIRE(type);
    CHECK(t.mac.at(*type).count() == close_to(std::stod(row[1]) * scale.logic));
  }
}

TEST_CASE("SRAM energies follow from their CACTI rows and the node's scale", "[energy]") {
  const TechParams t = table(GENERATE("4nm", "5nm", "7nm"));
  CAPTURE(t.name);
  const Scale scale = scale_of(t.node_nm);
  REQUIRE(scale.sram == close_to(std::sqrt(t.node_nm / 22)));
  const auto cacti = rows("sram_cacti7.csv");
  REQUIRE(t.sram.size() == cacti.size());
  for (std::size_t i = 0; i < cacti.size(); ++i) {
    const double width = std::stod(cacti[i][7]);
    CHECK(t.sram[i].capacity == Bytes{std::stoll(cacti[i][5]) << 10});
    CHECK(t.sram[i].read_byte.count() == close_to(std::stod(cacti[i][8]) / width * scale.sram));
    CHECK(t.sram[i].write_byte.count() == close_to(std::stod(cacti[i][9]) / width * scale.sram));
  }
}

TEST_CASE("Every figure of every table says where it comes from", "[energy]") {
  for (const auto& name : kCatalogue.list("tech")) {
    std::vector<Provenance> provenance;
    REQUIRE(table(name, &provenance).name == name);
    for (const auto& entry : provenance) {
      CAPTURE(name, entry.path, to_string(entry.mark));
      CHECK(entry.mark != Mark::by_default);
      CHECK((entry.mark != Mark::none || entry.path == "name" || entry.path == "node_nm"));
    }
  }
}

TEST_CASE("A finer node never costs more", "[energy]") {
  const TechParams coarse = table("7nm"), middle = table("5nm"), fine = table("4nm");
  for (const auto& [type, energy] : coarse.mac) {
    CHECK(middle.mac.at(type) < energy);
    CHECK(fine.mac.at(type) < middle.mac.at(type));
  }
  CHECK(middle.wire_byte_mm <= coarse.wire_byte_mm);
  CHECK(middle.decompressed_byte < coarse.decompressed_byte);
}

TEST_CASE("MAC energies with overhead lie within the band of published chips", "[energy]") {
  // pJ a MAC of whole accelerators (facts/energy.md 1.1): A100 fp16 tensor 1.4 (SC 2025), IBM 7 nm
  // int4 0.118 and hfp8 0.559, Keller 5 nm int8 0.051 at 0.46 V. A factor 3 is what they differ by.
  const auto whole = [](const TechParams& t, DataType type) {
    return t.arithmetic_overhead * t.mac.at(type).count();
  };
  const TechParams t7 = table("7nm"), t5 = table("5nm");
  const auto within = [](double value, double published) {
    return value > published / 3 && value < published * 3;
  };
  CHECK(within(whole(t7, DataType::fp16), 1.4));
  CHECK(within(whole(t7, DataType::i4), 0.118));
  CHECK(within(whole(t7, DataType::fp8), 0.559));
  CHECK(within(whole(t5, DataType::i8), 0.051));
}
