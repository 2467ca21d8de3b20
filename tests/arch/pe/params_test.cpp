// SPDX-License-Identifier: Apache-2.0
#include "arch/pe/params.h"

#include <catch2/catch.hpp>

#include "arch/pe/gemm.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

PeParams with_rates(std::map<std::string, double> rates) {
  PeParams params;
  params.rates = std::move(rates);
  return params;
}

std::vector<Diagnostic> faults_of(const PeParams& params) {
  Faults faults;
  params.check(faults, "pe");
  return faults.list();
}

}  // namespace

TEST_CASE("A type name or a rate that cannot be is refused with its place", "[arch][pe]") {
  REQUIRE(faults_of(with_rates({{"i8", 1}, {"bf16", 0.5}, {"i4", 2}, {"fp32", 0.125}})).empty());
  const auto faults = faults_of(with_rates({{"fp16x", 1}, {"i8", 0.3}}));
  REQUIRE(faults.size() == 2);
  REQUIRE(faults[0].where == "pe.rates.fp16x");
  REQUIRE_THAT(faults[0].hint, Catch::Contains("'fp16'"));
  REQUIRE(faults[1].where == "pe.rates.i8");
}

TEST_CASE("A sparsity pattern is N:M with N below M", "[arch][pe]") {
  PeParams params;
  params.sparsity = {"2:4", "1:2"};
  REQUIRE(faults_of(params).empty());
  for (const char* wrong : {"4:2", "2", ":", "0:4", "2:4x", "1:256", "4:4"}) {
    params.sparsity = {wrong};
    REQUIRE(faults_of(params).size() == 1);
  }
}

TEST_CASE("Peak rates follow shape and type", "[arch][pe]") {
  PeParams params = with_rates({{"i8", 1}, {"bf16", 0.5}, {"i4", 2}});
  params.systolic = {.rows = 8, .cols = 32};
  REQUIRE(macs_per_cycle(params, isa::DataType::i8) == 8 * 32);
  REQUIRE(macs_per_cycle(params, isa::DataType::bf16) == 8 * 32 / 2);
  REQUIRE(macs_per_cycle(params, isa::DataType::fp32) == 0);
  params.kind = PeKind::dot_product;
  params.dot_product = {.m0 = 2, .n0 = 4, .k0 = 64};
  REQUIRE(macs_per_cycle(params, isa::DataType::i4) == 2 * 4 * 64 * 2);
}

TEST_CASE("The wider operand sets the rate, and both must be known", "[arch][pe]") {
  const PeParams params = with_rates({{"i4", 2}, {"i8", 1}, {"fp16", 0.5}});
  isa::Mm mm;
  mm.m = mm.n = 3;
  mm.k = 100;
  mm.a_type = isa::DataType::fp16;
  mm.b_type = isa::DataType::i4;
  REQUIRE(gemm_of(params, mm).depth == mm.k * 2);
  mm.a_type = isa::DataType::i4;
  REQUIRE(gemm_of(params, mm).depth == mm.k / 2);
  mm.b_type = isa::DataType::bf16;
  REQUIRE_THROWS_WITH(gemm_of(params, mm),
                      Catch::Contains("bf16") && Catch::Contains("fp16, i4, i8"));
}

TEST_CASE("N:M sparsity skips products when the array has the pattern", "[arch][pe]") {
  PeParams params;
  isa::Mm mm;
  mm.m = mm.n = 8;
  mm.k = 64;
  mm.sparse_n = 2;
  mm.sparse_m = 4;
  REQUIRE_THROWS_WITH(gemm_of(params, mm), Catch::Contains("2:4"));
  params.sparsity = {"2:4"};
  const Gemm g = gemm_of(params, mm);
  REQUIRE(g.depth == mm.k / 2);
  REQUIRE(g.macs() == mm.m * mm.n * mm.k / 2);
  REQUIRE(g.a_elements() == mm.m * mm.k);
  REQUIRE(g.b_elements() == mm.k * mm.n / 2);
}

TEST_CASE("A convolution is one product a group, a tap a row of k", "[arch][pe]") {
  isa::Conv conv;
  conv.h = conv.w = 14;
  conv.c = 32;
  conv.oc = 64;
  conv.kh = conv.kw = 3;
  conv.pad_top = conv.pad_left = conv.pad_bottom = conv.pad_right = 1;
  conv.groups = 4;
  const Gemm g = gemm_of(PeParams{}, conv);
  REQUIRE(g.m == conv.h * conv.w);
  REQUIRE(g.n == conv.oc / conv.groups);
  REQUIRE(g.k == conv.kh * conv.kw * conv.c / conv.groups);
  REQUIRE(g.count == conv.groups);
  REQUIRE(g.macs() == conv.h * conv.w * conv.oc * 9 * conv.c / conv.groups);
}

TEST_CASE("Packed bytes round up once, and agree with the ISA", "[arch][pe]") {
  for (std::int64_t n = 0; n < 40; ++n) {
    for (const auto type : {isa::DataType::i4, isa::DataType::i8, isa::DataType::fp32}) {
      REQUIRE(Bytes{packed_bytes(n, isa::bits_of(type))} == isa::bytes_of(n, type));
    }
  }
}
