// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/options.h"

#include <catch2/catch.hpp>

#include "sim/core/error.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/formats.h"
#include "traces/lowering/job.h"

using namespace npulse;
using namespace npulse::lowering;
using isa::DataType;

namespace {

Formats settle(std::optional<WeightFormat> weights, const Target& target) {
  Options options;
  options.weights = weights;
  return settle_formats(options, target);
}

std::string fault_of(const Options& options, const Target& target) {
  try {
    make_job(test::small_model(), options, target);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("A range of layers is half open, and its ends may be left out", "[lowering]") {
  CHECK(parse_layers("2:5", 8).size() == 3);
  CHECK(parse_layers(":5", 8).first == 0);
  CHECK(parse_layers("5:", 8).last == 8);
  for (const char* bad : {"", "3", "5:2", "0:9", "a:b", "-1:2", "1:2:3"}) {
    INFO(bad);
    CHECK_THROWS_AS(parse_layers(bad, 8), InputError);
  }
}

TEST_CASE(
    "Activations follow the weights, the KV cache the activations, and the residual has 16 bits",
    "[lowering]") {
  const Target target = test::large_target();
  const Formats fp8 = settle(WeightFormat::fp8, target);
  CHECK(fp8.activation == DataType::fp8);
  CHECK(fp8.kv == DataType::fp8);
  CHECK(isa::bits_of(fp8.residual) == 16);
  CHECK(fp8.accumulator == DataType::fp32);
  const Formats int8 = settle(WeightFormat::int8, target);
  CHECK(int8.activation == DataType::i8);
  CHECK(int8.accumulator == DataType::i32);
  const Formats int4 = settle(WeightFormat::int4g128, target);
  CHECK(int4.activation == DataType::bf16);
  CHECK(int4.weight == DataType::bf16);
  CHECK(settle({}, target).weight == DataType::bf16);
  CHECK(settle({}, test::tiny_target()).weight == DataType::i8);
  CHECK(settle({}, test::tiny_target()).residual == DataType::i16);
}

TEST_CASE("Coded weights take half a byte each, and a scale for every group of 128 along k",
          "[lowering]") {
  const Formats formats = settle(WeightFormat::int4g128, test::large_target());
  CHECK(formats.stored_bytes(128, 10) == Bytes{10 * (2 + 64)});
  CHECK(formats.stored_bytes(130, 3) == Bytes{3 * (2 * 2 + 65)});
}

TEST_CASE("Types that the chip lacks are refused, each with those it has", "[lowering]") {
  Options options;
  options.weights = WeightFormat::fp8;
  options.kv = DataType::bf16;
  const std::string text = fault_of(options, test::tiny_target());
  CHECK_THAT(text, Catch::Contains("weights: the matrix unit of tiny has no fp8; it has i8"));
  CHECK_THAT(text,
             Catch::Contains("kv: the vector unit of tiny has no bf16; it has i8, i16, i32, fp32"));
  options = {};
  options.weights = WeightFormat::int4g128;
  CHECK_THAT(fault_of(options, test::tiny_target()), Catch::Contains("do not expand int4g128"));
}

TEST_CASE("Sizes out of range are refused together", "[lowering]") {
  Options options;
  options.batch = 0;
  options.context = -1;
  options.layers = LayerRange{1, 7};
  const std::string text = fault_of(options, test::large_target());
  CHECK_THAT(text, Catch::Contains("batch: 0"));
  CHECK_THAT(text, Catch::Contains("context: -1"));
  CHECK_THAT(text, Catch::Contains("layers: 1:7"));
}

TEST_CASE("A context over the sliding window is refused", "[lowering]") {
  Transformer model = test::small_model();
  model.sliding_window = 100;
  Options options;
  options.context = 100;
  CHECK_NOTHROW(make_job(model, options, test::large_target()));
  options.context = 101;
  CHECK_THROWS_WITH(make_job(model, options, test::large_target()),
                    Catch::Contains("sliding window"));
}

TEST_CASE("No more cores take part than the narrowest matrix has columns", "[lowering]") {
  Transformer model = test::small_model();
  model.vocab = 5;
  CHECK(make_job(model, {}, test::large_target()).cores == 5);
  CHECK(make_job(test::small_model(), {}, test::large_target()).cores == 8);
}
