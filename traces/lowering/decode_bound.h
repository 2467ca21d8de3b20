// SPDX-License-Identifier: Apache-2.0
// How fast memory lets a model decode at batch 1, without a simulation: the bytes of a token over
// the bandwidth that devices of a class were measured to use of theirs.
#pragma once

#include <span>

#include "sim/core/enum_names.h"
#include "traces/lowering/model.h"

namespace npulse::lowering {

enum class MemoryClass : std::uint8_t { lpddr, gddr, hbm };
std::span<const EnumName<MemoryClass>> enum_names(MemoryClass);

/// Share of peak bandwidth that decoding uses: one figure a class, the median of published runs
/// (tests/fidelity/data/llm_decode_measured.csv; docs/fidelity.md says what they are worth).
double measured_efficiency(MemoryClass memory);

/// How the model lies in memory, and how far a sequence has come.
struct DecodeState {
  double bits_per_weight = 16;  ///< With metadata, as bits_per_weight(WeightFormat).
  double bits_per_kv = 16;
  double context = 0;  ///< Tokens in the KV cache, on average.
};

/// Bytes read for one token: its active weights, and the KV cache.
double decode_bytes(const Transformer& model, const DecodeState& state);

/// `bandwidth` is the device's peak, in bytes a second.
double decode_tokens_per_s(const Transformer& model, const DecodeState& state, double bandwidth,
                           double efficiency);

}  // namespace npulse::lowering
