// SPDX-License-Identifier: Apache-2.0
// A weight-stationary array register by register: the judge of the closed forms in arch/pe.
#pragma once

#include <cstdint>
#include <vector>

namespace npulse::test {

using Matrix = std::vector<std::vector<std::int64_t>>;

struct WsResult {
  Matrix c;
  std::int64_t last_cycle = 0;  ///< In which the last product was added, counted from 0.
};

/// Activations enter at the left, skewed a cycle a row, and move right; partial sums move down;
/// weights enter at the top, skewed a cycle a column, and stop in the row they are meant for. With
/// one register an element, a fold loads when the one before has left the array, as SCALE-Sim
/// counts. With two, the first activation of a fold makes each element it meets take the waiting
/// weight; a fold loads as soon as the corner's waiting weight is taken, and streams as soon as its
/// weights are there and the corner is free.
WsResult run_ws_array(std::int64_t rows, std::int64_t cols, int weight_buffers, const Matrix& a,
                      const Matrix& b);

}  // namespace npulse::test
