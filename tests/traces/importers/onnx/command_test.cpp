// SPDX-License-Identifier: Apache-2.0
// npulse import onnx, as a person runs it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/process.h"
#include "tests/traces/importers/onnx/onnx_model.h"

namespace npulse::tests {

using Catch::Matchers::Contains;

namespace {

/// A linear layer over `batch` rows, and an operator that nobody knows.
std::string small_model() {
  OnnxModel model;
  model.input("x", {"batch", std::int64_t{64}});
  const std::string y = model.node("Gemm", {"x", model.weight({64, 10}), model.weight({10})});
  model.output(model.node("Mystery", {y}), {2, 10});
  return model.bytes();
}

}  // namespace

TEST_CASE(
    "npulse import onnx writes a graph that info counts alike, and says what it does not know") {
  const test::Desk desk;
  desk.put("net.onnx", small_model());
  const test::Outcome outcome = desk.npulse("import onnx net.onnx --dim batch=2 -o net.json");
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.err, Contains("warning: net.onnx: 1 node of 'Mystery'"));
  const auto counted = nlohmann::json::parse(desk.npulse("info net.json --json").out);
  CHECK(counted.at("macs") == 2 * 64 * 10);
  CHECK(counted.at("parameters") == 64 * 10 + 10);
}

TEST_CASE("npulse import onnx refuses wrong files with exit code 2 and the place") {
  const test::Desk desk;
  desk.put("net.onnx", small_model());
  desk.put("cut.onnx", small_model().substr(0, 100));
  const std::map<std::string, std::string> refused{
      {"net.onnx", "npulse: net.onnx: the dimension 'batch' of x.0 has no value"},
      {"net.onnx --dim batch=0", "--dim: 'batch=0'"},
      {"cut.onnx", "npulse: cut.onnx: is no ONNX model"},
      {"nowhere.onnx", "npulse: nowhere.onnx: cannot be read"}};
  for (const auto& [arguments, says] : refused) {
    const test::Outcome outcome = desk.npulse("import onnx " + arguments);
    CHECK(outcome.code == 2);
    CHECK(outcome.out == "");
    CHECK_THAT(outcome.err, Contains(says));
  }
}

}  // namespace npulse::tests
