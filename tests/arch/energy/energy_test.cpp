// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <numeric>

#include "arch/energy/energy_model.h"
#include "sim/core/config.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::literals;
using isa::DataType;

namespace {

/// A table in which every price is a different power of two, so that sums are exact.
TechParams binary_tech() {
  TechParams tech;
  tech.name = "test";
  double price = 1;
  for (const auto& entry : isa::enum_names(DataType{}))
    tech.mac[entry.value] = Picojoules{price *= 2};
  tech.vector_op = Picojoules{1024};
  tech.transcendental_op = Picojoules{2048};
  tech.arithmetic_overhead = 2;
  tech.sram = {{1_KiB, Picojoules{1}, Picojoules{2}}, {4_KiB, Picojoules{4}, Picojoules{8}}};
  tech.wire_byte_mm = Picojoules{0.5};
  tech.router_byte = Picojoules{0.125};
  tech.decompressed_byte = Picojoules{16};
  tech.controller_bit = Picojoules{32};
  tech.phy["hbm3"] = {Picojoules{64}, Picojoules{128}};
  return tech;
}

EnergyFacts facts() {
  EnergyFacts facts;
  facts.spm_bank = 1_KiB;
  facts.acc_bank = 4_KiB;
  facts.noc_mm = 2;
  facts.memory_family = "hbm3";
  facts.power = {Milliwatts{3}, 0.5};
  return facts;
}

Picojoules of(const Energy& energy, const std::string& name) {
  for (const auto& component : energy.components()) {
    if (component.name == name) return component.total();
  }
  return Picojoules{-1};
}

Activity busy() {
  Activity a;
  std::iota(a.macs.begin(), a.macs.end(), 3);
  a.vector_ops = 5, a.transcendental_ops = 7;
  a.spm_read_bytes = 11, a.spm_write_bytes = 13;
  a.acc_read_bytes = 17, a.acc_write_bytes = 19;
  a.noc_bytes = 23, a.dram_read_bytes = 29, a.dram_write_bytes = 31, a.expanded_bytes = 37;
  return a;
}

}  // namespace

TEST_CASE("Every action is paid at its own price", "[energy]") {
  const TechParams t = binary_tech();
  const EnergyFacts f = facts();
  const Activity a = busy();
  const Energy energy = EnergyModel{t, f}.price(a);
  Picojoules macs;
  for (const auto& [type, price] : t.mac) {
    macs += static_cast<double>(a.macs[static_cast<std::size_t>(type)]) * price;
  }
  const Picojoules wire = f.power.bank_wire_mm * t.wire_byte_mm;
  CHECK(of(energy, "pe") == t.arithmetic_overhead * macs);
  CHECK(of(energy, "vector") ==
        t.arithmetic_overhead * (5.0 * t.vector_op + 7.0 * t.transcendental_op));
  CHECK(of(energy, "spm") ==
        11.0 * (t.sram[0].read_byte + wire) + 13.0 * (t.sram[0].write_byte + wire));
  CHECK(of(energy, "acc") ==
        17.0 * (t.sram[1].read_byte + wire) + 19.0 * (t.sram[1].write_byte + wire));
  CHECK(of(energy, "noc") == 23.0 * (t.router_byte + f.noc_mm * t.wire_byte_mm));
  CHECK(of(energy, "dma") == 37.0 * t.decompressed_byte);
  CHECK(of(energy, "memory_controller") == 8.0 * (29 + 31) * t.controller_bit);
  CHECK(of(energy, "phy") ==
        8.0 * (29.0 * t.phy.at("hbm3").read_bit + 31.0 * t.phy.at("hbm3").write_bit));
}

TEST_CASE("The total is the sum of the components, and adding activities adds energies",
          "[energy]") {
  const EnergyModel model{binary_tech(), facts()};
  Activity twice = busy();
  twice += busy();
  Energy sum = model.price(busy());
  sum += model.price(busy());
  sum += model.price_time(1000_ns);
  Picojoules total;
  for (const auto& component : sum.components()) total += component.total();
  REQUIRE(sum.total() == total);
  Energy at_once = model.price(twice);
  at_once += model.price_time(1000_ns);
  REQUIRE(sum.total() == at_once.total());
  REQUIRE(sum.components().size() == at_once.components().size());
}

TEST_CASE("In the report components sum to the total to the last bit", "[energy]") {
  TechParams awkward = binary_tech();
  awkward.wire_byte_mm = Picojoules{0.1};
  awkward.controller_bit = Picojoules{1.0 / 3};
  const EnergyModel model{awkward, facts()};
  Energy energy = model.price(busy());
  energy += model.price_time(Picoseconds{1'000'003});
  const auto json = energy_json(energy);
  double sum = 0;
  for (const auto& joules : json["components"]) sum += joules.get<double>();
  REQUIRE(json["total"] == sum);
  REQUIRE(sum == Approx(energy.total().count() * 1e-12));
  REQUIRE(json["dynamic"].get<double>() + json["static"].get<double>() == Approx(sum));
  REQUIRE(json["static"] == json["components"]["static"]);
}

TEST_CASE("Doing nothing costs static power times time, and nothing else", "[energy]") {
  const EnergyModel model{binary_tech(), facts()};
  REQUIRE(model.price(Activity{}).total() == Picojoules{0});
  const Energy idle = model.price_time(Picoseconds{2'000'000'000'000});  // 2 s x 3 mW = 6 mJ
  REQUIRE(idle.total().count() == Approx(6e9));
  REQUIRE(idle.components().at(0).name == "static");
  REQUIRE(idle.components().at(0).dynamic_energy == Picojoules{0});
}

TEST_CASE("Between two rows of the table energy follows a power of the capacity", "[energy]") {
  const TechParams t = binary_tech();
  REQUIRE(sram_energy(t, 1_KiB).read_byte == t.sram[0].read_byte);
  REQUIRE(sram_energy(t, 4_KiB).write_byte == t.sram[1].write_byte);
  const SramEnergy middle = sram_energy(t, 2_KiB);  // the geometric mean of both capacities
  REQUIRE(middle.read_byte.count() == Approx(std::sqrt(1.0 * 4.0)));
  REQUIRE(middle.write_byte.count() == Approx(std::sqrt(2.0 * 8.0)));
}

TEST_CASE("What the tables do not cover is refused by name", "[energy]") {
  const TechParams t = binary_tech();
  EnergyFacts f = facts();
  f.memory_family = "gddr7";
  REQUIRE_THROWS_WITH((EnergyModel{t, f}), Catch::Contains("'gddr7', only for hbm3"));
  f = facts();
  f.spm_bank = 8_KiB;
  REQUIRE_THROWS_WITH((EnergyModel{t, f}),
                      Catch::Contains("bank of 8 KiB, only of 1 KiB to 4 KiB"));
  f.spm_bank = Bytes{512};
  REQUIRE_THROWS_AS((EnergyModel{t, f}), InputError);
}

TEST_CASE("A table without a type, or out of order, is refused when it is read", "[energy]") {
  Faults faults;
  binary_tech().check(faults, "");
  REQUIRE(faults.empty());
  TechParams t = binary_tech();
  t.mac.erase(DataType::fp8);
  std::swap(t.sram[0], t.sram[1]);
  t.check(faults, "");
  REQUIRE(faults.size() == 2);
  REQUIRE(faults.list()[0].message == "has no energy for fp8");
  REQUIRE(faults.list()[1].where == "sram");
}
