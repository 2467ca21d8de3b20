// SPDX-License-Identifier: Apache-2.0
// Sizes that follow from an operation's fields.
#pragma once

#include "isa/instruction.h"

namespace npulse::isa {

/// Bytes in memory of `elements` coded elements. int4g128: groups of 128, each one fp16 scale and
/// 64 bytes of nibbles; the last group is stored whole.
Bytes coded_bytes(CodecFormat codec, std::int64_t elements);

/// The block that a DMA writes: its shape and the padding around it.
Extents padded_shape(const Dma& op);

struct ConvOutput {
  std::int64_t h, w;
};

ConvOutput conv_output(const Conv& op);

/// Elements that a vector operation writes.
std::int64_t output_elements(const Vec& op);

}  // namespace npulse::isa
