// SPDX-License-Identifier: Apache-2.0
// Sizes that follow from an operation's fields.
#pragma once

#include "isa/instruction.h"

namespace npulse::isa {

/// Bytes in memory of a coded block, of which each row of the last dimension is coded by itself.
Bytes coded_bytes(CodecFormat codec, const Extents& shape);

/// The block that a DMA writes: its shape and the padding around it.
Extents padded_shape(const Dma& op);

struct ConvOutput {
  std::int64_t h, w;
};

ConvOutput conv_output(const Conv& op);

/// Bytes of b; with N:M sparsity N of every M values of k, then ceil(log2 M) bits for each.
Bytes b_bytes(const Mm& op);

std::int64_t second_input_elements(const Vec& op);

/// Elements that a vector operation writes.
std::int64_t output_elements(const Vec& op);

}  // namespace npulse::isa
