// SPDX-License-Identifier: Apache-2.0
// Runs a lowered model on values against the reference model: logits and cache must agree.
#pragma once

#include "tests/traces/lowering/reference_model.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/partition.h"

namespace npulse::test {

void require_equal(const std::vector<double>& got, const std::vector<double>& expected);

/// Columns of the parts, one part behind the other, as a tile holds them.
std::vector<double> tile_values(const std::vector<const Matrix2*>& parts, lowering::Range rows,
                                lowering::Range columns, bool coded);

void check_decode(const lowering::Transformer& dims, const lowering::Options& options,
                  const lowering::Target& target);
void check_prefill(const lowering::Transformer& dims, const lowering::Options& options,
                   const lowering::Target& target);

/// A large chip's units with little memory and shallow queues.
lowering::Target small_target(std::uint32_t cores, std::int64_t acc_bytes);

lowering::Options options_of(lowering::Phase phase, std::int64_t batch, std::int64_t context,
                             lowering::WeightFormat weights);

/// Dimensions that no tile divides.
lowering::Transformer uneven_model();

}  // namespace npulse::test
