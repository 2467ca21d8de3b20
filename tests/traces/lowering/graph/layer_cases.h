// SPDX-License-Identifier: Apache-2.0
// Convolutions and products of random shapes as graphs, with the values that they must compute.
#pragma once

#include "isa/functional/run.h"
#include "tests/support/random.h"
#include "traces/lowering/graph/lower_graph.h"

namespace npulse::test {

isa::functional::Array any_array(Random& random, std::vector<std::int64_t> shape);
graph::Tensor tensor(const char* name, std::vector<std::int64_t> shape, bool constant = false);

lowering::Contraction random_conv(Random& random, bool depthwise);
/// conv, and relu where `relu`; the end of the image is cut off, or padded.
graph::Graph conv_graph(const lowering::Contraction& loops, bool relu);
/// x [n, h, w, c], w [taps, c of a group, oc].
std::vector<double> reference(const lowering::Contraction& loops, const isa::functional::Array& x,
                              const isa::functional::Array& w, bool relu);

struct ProductCase {
  graph::Graph graph;  ///< A node `matmul` that makes `c`.
  isa::functional::Arrays inputs;
  std::vector<double> expected;
};
ProductCase random_product(Random& random, bool transposed);

lowering::Target random_target(Random& random, int i);

/// Values, the checker, and that no order which the program leaves open changes the result.
void require_values(const graph::Graph& graph, const lowering::Target& target,
                    const isa::functional::Arrays& inputs, const char* output,
                    const std::vector<double>& expected,
                    const std::optional<lowering::Mapping>& mapping = {},
                    const lowering::TilingRule& tiling = {});

}  // namespace npulse::test
