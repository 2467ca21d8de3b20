// SPDX-License-Identifier: Apache-2.0
// Tokens a second of published runs at batch 1, from bandwidth, model and format alone, with one
// efficiency a class of memory.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <map>

#include "traces/lowering/decode_bound.h"
#include "traces/lowering/formats.h"
#include "traces/lowering/model_loader.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

const std::string kData = NPULSE_SOURCE_DIR "/tests/fidelity/data/";

/// Cells of a line; one in quotes may hold commas.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells{""};
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

/// Rows of a CSV file by the names of its columns.
std::vector<std::map<std::string, std::string>> rows_of(const std::string& file) {
  std::ifstream in{kData + file};
  std::string line;
  std::getline(in, line);
  const auto header = cells_of(line);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(in, line)) {
    const auto cells = cells_of(line);
    REQUIRE(cells.size() == header.size());
    rows.emplace_back();
    for (std::size_t i = 0; i < cells.size(); ++i) rows.back()[header[i]] = cells[i];
  }
  return rows;
}

struct Run {
  std::string device;
  MemoryClass memory;
  double efficiency;  ///< That would have predicted the measured rate.
};

MemoryClass class_of(const std::string& memory_type) {
  if (memory_type.starts_with("LPDDR")) return MemoryClass::lpddr;
  return memory_type.starts_with("HBM") ? MemoryClass::hbm : MemoryClass::gddr;
}

/// Llama-3 has the dimensions of Llama-3.1.
Transformer model_of(const std::string& name) {
  static const std::map<std::string, std::string> kNames{
      {"Llama-2-7B", "llama-2-7b"},     {"Llama-2-7B g128", "llama-2-7b"},
      {"Llama-3-8B", "llama-3.1-8b"},   {"Llama-3-8B g128", "llama-3.1-8b"},
      {"Llama-3.1-8B", "llama-3.1-8b"}, {"Llama-3-70B", "llama-3.1-70b"}};
  return std::get<Transformer>(load_model(kNames.at(name), NPULSE_SOURCE_DIR "/configs/models"));
}

double bits_of(const std::string& format) {
  if (format == "F16") return bits_per_weight(WeightFormat::fp16);
  if (format == "Q8_0") return bits_per_weight(WeightFormat::int8g32);
  if (format == "Q4_0") return bits_per_weight(WeightFormat::int4g32);
  if (format.starts_with("w4a16")) return bits_per_weight(WeightFormat::int4g64);
  // Q4_K (4.5) with the head, and v and down of half of the layers, in Q6_K (6.5625): 20 % of 8B
  if (format == "Q4_K_M") return 4.9;
  return bits_per_weight(WeightFormat::int4g128);  // ExecuTorch's; MLC's has 4.0 to 4.5
}

/// Tokens in the cache on average: llama-bench makes 128 from none, others 1024; else assumed.
double context_of(const std::string& test) {
  if (test.find("tg128") != std::string::npos) return 64;
  if (test.find("1024 generated") != std::string::npos) return 512;
  return test.find("Genie") != std::string::npos ? 1024 : 128;
}

std::vector<Run> runs() {
  std::vector<Run> runs;
  for (auto& row : rows_of("llm_decode_measured.csv")) {
    const DecodeState state{bits_of(row["format"]), 16, context_of(row["runtime_test"])};
    const double at_peak =
        decode_tokens_per_s(model_of(row["model"]), state, std::stod(row["peak_BW_GBs"]) * 1e9, 1);
    runs.push_back(
        {row["device"], class_of(row["memory_type"]), std::stod(row["tokens_per_s"]) / at_peak});
  }
  return runs;
}

double median(std::vector<double> values) {
  REQUIRE(!values.empty());
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

template <class Take>
std::vector<double> of_class(const std::vector<Run>& runs, MemoryClass memory, Take take) {
  std::vector<double> values;
  for (const Run& run : runs)
    if (run.memory == memory) values.push_back(take(run));
  return values;
}

/// Of a prediction with `efficiency`.
double error_of(const Run& run, double efficiency) {
  return std::abs(efficiency / run.efficiency - 1);
}

/// The median of the class without any run on that device; of HBM, all on an A100, without the run.
double efficiency_without(const std::vector<Run>& runs, const Run& left_out) {
  std::vector<double> others, other_runs;
  for (const Run& run : runs) {
    if (run.memory != left_out.memory || &run == &left_out) continue;
    other_runs.push_back(run.efficiency);
    const bool both_a100 = run.device.starts_with("A100") && left_out.device.starts_with("A100");
    if (run.device != left_out.device && !both_a100) others.push_back(run.efficiency);
  }
  return median(others.empty() ? other_runs : others);
}

struct Held {
  MemoryClass memory;
  std::size_t runs;
  double median_error, worst_error;  ///< As docs/fidelity.md has them.
};

const Held kHeld[] = {{MemoryClass::lpddr, 38, 0.10, 0.74},
                      {MemoryClass::gddr, 16, 0.07, 0.40},
                      {MemoryClass::hbm, 4, 0.14, 0.28}};

}  // namespace

TEST_CASE("Published tokens a second are met within 15 % in the median, by class of memory",
          "[fidelity]") {
  const auto all = runs();
  REQUIRE(all.size() == 58);
  for (const Held& held : kHeld) {
    CAPTURE(to_string(held.memory));
    const double efficiency = measured_efficiency(held.memory);
    const auto errors =
        of_class(all, held.memory, [&](const Run& run) { return error_of(run, efficiency); });
    CHECK(errors.size() == held.runs);
    CHECK(median(errors) <= held.median_error);
    CHECK(held.median_error <= 0.15);
    CHECK(*std::max_element(errors.begin(), errors.end()) <= held.worst_error);
  }
}

TEST_CASE("The efficiency of a class is the median of its runs, to two digits", "[fidelity]") {
  const auto all = runs();
  for (const Held& held : kHeld) {
    const auto shares = of_class(all, held.memory, [](const Run& run) { return run.efficiency; });
    CHECK(measured_efficiency(held.memory) == Approx(median(shares)).margin(0.005));
  }
}

TEST_CASE("Runs on a device are met as well by what the other devices of its class show",
          "[fidelity]") {
  const auto all = runs();
  std::vector<double> errors;
  for (const Run& run : all) errors.push_back(error_of(run, efficiency_without(all, run)));
  CHECK(median(errors) <= 0.13);
  for (const Held& held : kHeld) {
    if (held.memory == MemoryClass::hbm) continue;  // one device: there are no others
    CHECK(median(of_class(all, held.memory, [&](const Run& run) {
            return error_of(run, efficiency_without(all, run));
          })) <= 0.15);
  }
}

TEST_CASE("Bits a weight of every format are those of its definition", "[fidelity]") {
  for (auto& row : rows_of("quant_formats.csv")) {
    CAPTURE(row["format"]);
    const auto format = parse_enum<WeightFormat>(row["ours"]);
    REQUIRE(format);
    // the file has four decimals
    CHECK(bits_per_weight(*format) ==
          Approx(std::stod(row["effective_bits_per_weight"])).margin(1e-4));
  }
}
