// SPDX-License-Identifier: Apache-2.0
// Element types of everything in a lowered model, settled against what a chip has.
#pragma once

#include "traces/lowering/options.h"
#include "traces/lowering/target.h"

namespace npulse::lowering {

struct Formats {
  WeightFormat stored_weights;  ///< In memory.
  isa::CodecFormat codec;       ///< Of them; none if they lie as `mm` sees them.
  isa::DataType weight;         ///< As `mm` sees them.
  isa::DataType activation;     ///< Operands of `mm`.
  isa::DataType kv;
  isa::DataType residual;     ///< The residual stream, norm weights, biases and embeddings.
  isa::DataType state;        ///< Running maxima and sums of attention.
  isa::DataType accumulator;  ///< Result of activation x weight.
  isa::DataType score;        ///< Result of activation x kv.
  isa::DataType result;       ///< Of a graph, in memory.

  /// Coded weights lie column by column, so that groups run along k; others row by row.
  bool coded() const { return codec != isa::CodecFormat::none; }
  /// Bytes in memory of a k x n block of weights.
  Bytes stored_bytes(std::int64_t k, std::int64_t n) const;
};

inline bool is_integer(isa::DataType type) {
  return type <= isa::DataType::i32;
}

/// The codec that a weight format is; none for plain types.
isa::CodecFormat codec_of(WeightFormat format);

/// Bits that a weight takes in memory, with its share of the metadata of its group.
double bits_per_weight(WeightFormat format);

/// Throws InputError naming each type that the chip lacks and those it has.
Formats settle_formats(const Options& options, const Target& target);

}  // namespace npulse::lowering
