// SPDX-License-Identifier: Apache-2.0
// Parameters of a matrix unit: a systolic array, or a grid of dot products (cubes, MAC trees).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "isa/types.h"
#include "sim/core/error.h"
#include "sim/core/params.h"

namespace npulse::arch {

enum class PeKind : std::uint8_t { systolic, dot_product };
std::span<const EnumName<PeKind>> enum_names(PeKind);

/// Which operand stays in the array: weights (b), outputs (c) or inputs (a).
enum class Dataflow : std::uint8_t { ws, os, is };
std::span<const EnumName<Dataflow>> enum_names(Dataflow);

struct SystolicParams {
  std::int64_t rows = 16, cols = 16;
  Dataflow dataflow = Dataflow::ws;
  std::int64_t weight_buffers = 1;
  bool tap_folds = false;
  std::int64_t stream_rows = 0, min_stream = 1;

  template <class V>
  static void describe(V& field) {
    field("rows", &SystolicParams::rows, "count", "Rows of processing elements.",
          between(1, 1 << 16));
    field("cols", &SystolicParams::cols, "count", "Columns of processing elements.",
          between(1, 1 << 16));
    field("dataflow", &SystolicParams::dataflow, "",
          "Operand that stays: weights, outputs, inputs.");
    field("weight_buffers", &SystolicParams::weight_buffers, "count",
          "Registers of the stationary operand in each element; with 2 the next fold is loaded "
          "behind the current one. Ignored by os, which loads nothing ahead.",
          between(1, 2));
    field(
        "tap_folds", &SystolicParams::tap_folds, "",
        "Whether each tap of a convolution has folds of its own (ws), as where software walks the "
        "taps; else taps and channels in are one dimension to fold.");
    field("stream_rows", &SystolicParams::stream_rows, "count",
          "Most rows of a that one command streams through a fold (ws); a row of output pixels is "
          "cut into pieces of so many. 0: no limit, and rows follow each other without a cut.",
          between(0, 1 << 20));
    field("min_stream", &SystolicParams::min_stream, "cycles", "Least time of one such command.",
          between(1, 1 << 20));
  }
};

struct DotProductParams {
  std::int64_t m0 = 1, n0 = 16, k0 = 64;
  Cycles latency{8};
  Bytes operand_buffer{64 << 10};

  template <class V>
  static void describe(V& field) {
    field("m0", &DotProductParams::m0, "count", "Rows of c computed in a cycle.",
          between(1, 1 << 16));
    field("n0", &DotProductParams::n0, "count", "Columns of c computed in a cycle.",
          between(1, 1 << 16));
    field("k0", &DotProductParams::k0, "count",
          "Products summed into each of them in a cycle, for a type of rate 1.",
          between(1, 1 << 16));
    field("latency", &DotProductParams::latency, "cycles",
          "From the last operands to the result (depth of the adder tree).", between(0, 1 << 16));
    field("operand_buffer", &DotProductParams::operand_buffer, "bytes",
          "Registers that hold the smaller operand; the larger one is read again for every fill.",
          at_least(1));
  }
};

struct PeParams {
  PeKind kind = PeKind::systolic;
  SystolicParams systolic;
  DotProductParams dot_product;
  std::map<std::string, double> rates{{"i8", 1.0}};
  std::vector<std::string> sparsity;
  Cycles start_cycles{0}, cfg_cycles{1};
  std::int64_t read_bytes_per_cycle = 64, write_bytes_per_cycle = 64;

  template <class V>
  static void describe(V& field) {
    field("kind", &PeParams::kind, "", "Which of the two sections below holds.");
    field("systolic", &PeParams::systolic, "", "Shape of a systolic array.");
    field("dot_product", &PeParams::dot_product, "", "Shape of a grid of dot products.");
    field("rates", &PeParams::rates, "ratio",
          "Multiply-accumulates a cycle by element type, relative to the shape above, in eighths; "
          "a type that is absent is not supported.",
          between(0.125, 64));
    field("sparsity", &PeParams::sparsity, "",
          "N:M patterns of b whose zeros are skipped, as `2:4`; others are refused.");
    field("start_cycles", &PeParams::start_cycles, "cycles", "Overhead of each mm and conv.",
          between(0, 1 << 20));
    field("cfg_cycles", &PeParams::cfg_cycles, "cycles", "Cost of a cfg instruction.",
          between(0, 1 << 20));
    field("read_bytes_per_cycle", &PeParams::read_bytes_per_cycle, "B/cycle",
          "Operand bytes (a and b) taken in a cycle.", between(1, 1 << 30));
    field("write_bytes_per_cycle", &PeParams::write_bytes_per_cycle, "B/cycle",
          "Result bytes (c) put out in a cycle.", between(1, 1 << 30));
  }

  /// Reports unknown type names, rates that are no multiple of an eighth and malformed patterns.
  void check(Faults& faults, const std::string& path) const;
};

/// Peak dense multiply-accumulates a cycle; 0 when the array does not support `type`.
std::int64_t macs_per_cycle(const PeParams& params, isa::DataType type);

}  // namespace npulse::arch
