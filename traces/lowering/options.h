// SPDX-License-Identifier: Apache-2.0
// What to lower of a model: phase, sizes and number formats.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "isa/types.h"
#include "traces/lowering/expert_choice.h"
#include "traces/lowering/mapping.h"

namespace npulse::lowering {

/// `prefill` processes whole prompts; `decode` produces one token of each sequence.
enum class Phase : std::uint8_t { prefill, decode };
std::span<const EnumName<Phase>> enum_names(Phase);

/// How weight matrices lie in memory. Those after int8 are coded (docs/isa.md) and expanded in line
/// by the DMA engine to the type of the activations; their groups run along k.
enum class WeightFormat : std::uint8_t {
  fp16,
  bf16,
  fp8,
  int8,
  int4g128,
  int4g64,
  int4g32,
  int8g32,
  awq4g128,
  awq3g128,
  mxfp4,
  bcq2g128,
  bcq3g128,
  bcq4g128,
  fp16_2of4,
  int8_2of4,
  int4_2of4
};
std::span<const EnumName<WeightFormat>> enum_names(WeightFormat);

/// Attention over whole prompts: `fused` keeps scores on the chip, chunk by chunk with running
/// maxima and sums; `unfused` puts them into memory. `automatic`: the faster one, by estimate.
enum class AttentionForm : std::uint8_t { automatic, fused, unfused };
std::span<const EnumName<AttentionForm>> enum_names(AttentionForm);

/// Layers [first, last).
struct LayerRange {
  std::int64_t first = 0, last = 0;
  std::int64_t size() const { return last - first; }
};

struct Options {
  Phase phase = Phase::decode;
  std::int64_t batch = 1;
  std::int64_t context = 2048;          ///< decode: tokens in the KV cache; prefill: of a prompt.
  std::optional<WeightFormat> weights;  ///< Absent: the first of bf16, fp16, fp8, int8 there is.
  std::optional<isa::DataType> activations;  ///< Absent: as the weights; coded: bf16, fp16 or i8.
  std::optional<isa::DataType> kv;           ///< Absent: as the activations.
  AttentionForm attention = AttentionForm::automatic;  ///< Of a prefill.
  std::optional<LayerRange> layers;                    ///< Absent: all.
  ExpertChoice experts;                                ///< Of a mixture of experts.
  std::optional<Mapping> mapping;                      ///< What the user wants of tiles.
};

/// Reads `A:B`, `A:` or `:B` (half open). Throws InputError.
LayerRange parse_layers(const std::string& text, std::int64_t layers);

}  // namespace npulse::lowering
