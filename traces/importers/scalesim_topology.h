// SPDX-License-Identifier: Apache-2.0
// The layers of a topology file, and what had to be repaired to read them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/error.h"

namespace npulse::importers::scalesim {

/// Where a layer's operand comes from. SCALE-Sim's are all fresh.
struct Link {
  enum class Kind : std::uint8_t { fresh, output_of, input_of };
  Kind kind = Kind::fresh;
  std::size_t layer = 0;  ///< Place in Topology::layers, above the layer that has the link.
};

struct Layer {
  enum class Kind : std::uint8_t { conv, depthwise, pool, gemm, gemv };
  Kind kind = Kind::conv;
  std::string name;
  std::string where;  ///< `file:line:col`
  std::int64_t batch = 1;
  /// Of a conv or pool, as the columns of the file: the input is padded already.
  std::int64_t height = 1, width = 1, kernel_height = 1, kernel_width = 1;
  std::int64_t channels = 1, filters = 1, stride = 1;
  /// Of a gemm [m, k] x [k, n], or of a gemv, whose [m, k] are the weights.
  std::int64_t m = 1, n = 1, k = 1;
  Link input;
};

struct Topology {
  std::vector<Layer> layers;
  std::vector<Diagnostic> warnings;  ///< One says all repairs, others what a graph cannot hold.
};

/// Throws InputError with every fault (`file:line:col`); with `strict` repairs are faults. The text
/// is UTF-8.
Topology parse_topology(const std::string& text, const std::string& file, bool strict);

}  // namespace npulse::importers::scalesim
