// SPDX-License-Identifier: Apache-2.0
// Lowered matrix products compute the product to the last bit, over shapes, types, weight formats
// and chips of many sizes.
#include <catch2/catch.hpp>
#include <random>

#include "isa/functional/numbers.h"
#include "isa/functional/run.h"
#include "isa/memory_program.h"
#include "tests/support/array_product.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/formats.h"

using namespace npulse;
using namespace npulse::isa::functional;
using isa::DataType;

namespace {

lowering::Target random_chip(std::mt19937_64& random) {
  lowering::Target target = test::large_target();
  target.cores = static_cast<std::uint32_t>(1 + random() % 5);
  target.spm_bytes = Bytes{std::int64_t{2048} << (random() % 5)};
  target.acc_bytes = Bytes{std::int64_t{512} << (random() % 5)};
  target.tile_m = std::int64_t{1} << (random() % 4);
  target.tile_n = std::int64_t{1} << (random() % 5);
  target.queue_depth = 2 + random() % 8;
  return target;
}

Array random_array(std::mt19937_64& random, std::int64_t rows, std::int64_t columns,
                   DataType type) {
  Array array{{rows, columns}, {}};
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    const double unit = static_cast<double>(random() >> 11) * 0x1p-53 - 0.5;
    array.values.push_back(rounded(type, is_integer(type) ? unit * 32 : unit));
  }
  return array;
}

const isa::TensorDecl& tensor(const isa::Program& program, const std::string& name) {
  for (const auto& found : program.header().tensors) {
    if (found.name == name) return found;
  }
  throw std::logic_error{"no tensor " + name};
}

/// The identity above random rows: what it gives above is b, as the program reads it.
Array under_identity(const Array& rows, std::int64_t k) {
  Array a{{k + rows.shape[0], k}, std::vector<double>(static_cast<std::size_t>(k * k))};
  for (std::int64_t i = 0; i < k; ++i) a.values[static_cast<std::size_t>(i * (k + 1))] = 1;
  a.values.insert(a.values.end(), rows.values.begin(), rows.values.end());
  return a;
}

}  // namespace

TEST_CASE("A lowered product of plain types is the product", "[functional][lowering]") {
  std::mt19937_64 random{21};
  for (int i = 0; i < 120; ++i) {
    const auto extent = [&] { return static_cast<std::int64_t>(1 + random() % 50); };
    const lowering::Gemm gemm{extent(), extent(), extent()};
    const lowering::Target target = random_chip(random);
    constexpr lowering::WeightFormat kFormats[] = {
        lowering::WeightFormat::int8, lowering::WeightFormat::bf16, lowering::WeightFormat::fp16,
        lowering::WeightFormat::fp8};
    lowering::Options options;
    options.weights = kFormats[i % 4];
    isa::MemoryProgram program{lowering::name_of(gemm)};
    lowering::lower(gemm, options, target, program);
    const DataType type = tensor(program, "a").type, result = tensor(program, "c").type;
    CAPTURE(i, lowering::name_of(gemm), to_string(type), to_string(result));
    RunOptions run_options;
    const Array a = random_array(random, gemm.m, gemm.k, type);
    const Array b = random_array(random, gemm.k, gemm.n, tensor(program, "b").type);
    run_options.inputs = {{"a", a}, {"b", b}};
    const RunResult out = run(program, test::as_checked(target), run_options);
    const auto expected =
        test::product(a, b, result, is_integer(type) ? test::Sums::exact : test::Sums::fp32);
    REQUIRE(out.outputs.at("c").array.values == expected);
  }
}

TEST_CASE("A lowered product with coded weights is the product with what they decode to",
          "[functional][lowering]") {
  std::mt19937_64 random{22};
  for (const auto& [format, name] : enum_names(lowering::WeightFormat{})) {
    if (lowering::codec_of(format) == isa::CodecFormat::none) continue;
    for (int i = 0; i < 4; ++i) {
      const std::int64_t k = static_cast<std::int64_t>(1 + random() % 90);
      const lowering::Gemm gemm{k + 5, static_cast<std::int64_t>(1 + random() % 40), k};
      lowering::Target target = random_chip(random);
      target.spm_bytes = Bytes{16 << 10};
      lowering::Options options;
      options.weights = format;
      isa::MemoryProgram program{lowering::name_of(gemm)};
      lowering::lower(gemm, options, target, program);
      CAPTURE(i, name, lowering::name_of(gemm));
      RunOptions run_options;
      const Array rows = random_array(random, 5, k, DataType::bf16);
      run_options.inputs = {{"a", under_identity(rows, k)},
                            {"b", random_array(random, k, gemm.n, DataType::fp32)}};
      const auto c =
          run(program, test::as_checked(target), run_options).outputs.at("c").array.values;
      const auto split = c.begin() + k * gemm.n;
      const Array b{{k, gemm.n}, {c.begin(), split}};
      const std::vector<double> rest{split, c.end()};
      REQUIRE(rest == test::product(rows, b, DataType::bf16, test::Sums::fp32));
      for (std::size_t j = 0; j < b.values.size(); ++j) {
        const double given = run_options.inputs.at("b").values[j];
        const bool dropped = b.values[j] == 0;  // by 2:4; or nearest to 0
        REQUIRE((dropped || std::abs(b.values[j] - given) < 0.51));
      }
    }
  }
}
