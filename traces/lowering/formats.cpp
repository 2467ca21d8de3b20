// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/formats.h"

#include <fmt/format.h>

#include <algorithm>

#include "isa/codecs.h"
#include "isa/shapes.h"
#include "sim/core/error.h"

namespace npulse::lowering {
namespace {

using isa::DataType;

bool matrix_has(const Target& target, DataType type) {
  return std::any_of(target.matrix_rates.begin(), target.matrix_rates.end(),
                     [&](const MatrixRate& rate) { return rate.type == type; });
}

bool vector_has(const Target& target, DataType type) {
  return std::find(target.vector_types.begin(), target.vector_types.end(), type) !=
         target.vector_types.end();
}

std::string names(const std::vector<DataType>& types) {
  std::vector<std::string> list;
  for (DataType type : types) list.emplace_back(to_string(type));
  return list.empty() ? "none" : join(list);
}

std::string matrix_types(const Target& target) {
  std::vector<DataType> types;
  for (const MatrixRate& rate : target.matrix_rates) types.push_back(rate.type);
  return names(types);
}

std::optional<DataType> type_of(WeightFormat format) {
  switch (format) {
    case WeightFormat::fp16:
      return DataType::fp16;
    case WeightFormat::bf16:
      return DataType::bf16;
    case WeightFormat::fp8:
      return DataType::fp8;
    case WeightFormat::int8:
      return DataType::i8;
    default:
      return std::nullopt;  // coded
  }
}

template <class Has, class T>
std::optional<T> first_of(std::initializer_list<T> candidates, Has has) {
  const auto found = std::find_if(candidates.begin(), candidates.end(), has);
  return found == candidates.end() ? std::nullopt : std::optional<T>{*found};
}

WeightFormat default_weights(const Target& target) {
  const auto has = [&](WeightFormat format) { return matrix_has(target, *type_of(format)); };
  return first_of({WeightFormat::bf16, WeightFormat::fp16, WeightFormat::fp8, WeightFormat::int8},
                  has)
      .value_or(WeightFormat::int8);
}

DataType default_activation(WeightFormat weights, const Target& target) {
  if (const auto type = type_of(weights)) return *type;
  const auto has = [&](DataType type) { return matrix_has(target, type); };
  return first_of({DataType::bf16, DataType::fp16, DataType::i8}, has).value_or(DataType::bf16);
}

DataType accumulator_of(DataType a, DataType b) {
  return is_integer(a) && is_integer(b) ? DataType::i32 : DataType::fp32;
}

/// 16 bits where the chip has them, of the activations' kind if it can be.
std::optional<DataType> residual_of(DataType activation, const Target& target) {
  const auto has = [&](DataType type) { return vector_has(target, type); };
  if (isa::bits_of(activation) == 16 && has(activation)) return activation;
  return first_of({DataType::bf16, DataType::fp16, DataType::i16, DataType::fp32, DataType::i32},
                  has);
}

class TypeCheck {
 public:
  explicit TypeCheck(const Target& target) : target_{target} {}

  void matrix(const char* option, DataType type) {
    if (matrix_has(target_, type)) return;
    faults_.add(option, fmt::format("the matrix unit of {} has no {}; it has {}", target_.name,
                                    to_string(type), matrix_types(target_)));
  }
  void vector(const char* option, DataType type) {
    if (vector_has(target_, type)) return;
    faults_.add(option, fmt::format("the vector unit of {} has no {}; it has {}", target_.name,
                                    to_string(type), names(target_.vector_types)));
  }
  void operand(const char* option, DataType type) {
    matrix(option, type);
    vector(option, type);
    if (type == DataType::i4) faults_.add(option, "i4 is for weights only", "use i8");
  }
  void codec(isa::CodecFormat format) {
    const auto& codecs = target_.codecs;
    const bool expands = std::find(codecs.begin(), codecs.end(), format) != codecs.end();
    if (format == isa::CodecFormat::none || expands) return;
    std::vector<std::string> list;
    for (const auto codec : codecs) list.emplace_back(to_string(codec));
    faults_.add(
        "weights",
        fmt::format("the DMA engines of {} do not expand {}; they expand {}", target_.name,
                    to_string(format), list.empty() ? "nothing" : join(list)),
        fmt::format("use a format that its matrix unit has: {}; or give the chip the codec: "
                    "--set dma.codecs=[{}]",
                    matrix_types(target_), to_string(format)));
  }
  void throw_if_any() const { faults_.throw_if_any(); }

 private:
  const Target& target_;
  Faults faults_;
};

}  // namespace

/// Coded formats have the same names in both places.
isa::CodecFormat codec_of(WeightFormat format) {
  if (type_of(format)) return isa::CodecFormat::none;
  const auto codec = parse_enum<isa::CodecFormat>(to_string(format));
  ensure(codec.has_value(), "a weight format is neither a type nor a codec");
  return *codec;
}

double bits_per_weight(WeightFormat format) {
  if (const auto type = type_of(format)) return isa::bits_of(*type);
  return isa::layout_of(codec_of(format)).bits_per_element();
}

Bytes Formats::stored_bytes(std::int64_t k, std::int64_t n) const {
  if (!coded()) return isa::bytes_of(k * n, weight);
  return isa::coded_bytes(codec, {n, k});
}

Formats settle_formats(const Options& options, const Target& target) {
  Formats formats{};
  formats.stored_weights = options.weights.value_or(default_weights(target));
  formats.codec = codec_of(formats.stored_weights);
  formats.activation =
      options.activations.value_or(default_activation(formats.stored_weights, target));
  formats.weight = type_of(formats.stored_weights).value_or(formats.activation);
  formats.kv = options.kv.value_or(formats.activation);
  formats.accumulator = accumulator_of(formats.activation, formats.weight);
  formats.score = accumulator_of(formats.activation, formats.kv);
  formats.result = formats.activation;
  formats.residual = residual_of(formats.activation, target).value_or(formats.activation);
  formats.state = vector_has(target, DataType::fp32) ? DataType::fp32 : formats.score;

  TypeCheck check{target};
  check.codec(formats.codec);
  if (!formats.coded()) check.matrix("weights", formats.weight);
  check.operand("activations", formats.activation);
  check.operand("kv", formats.kv);
  check.vector("activations (results of the matrix unit)", formats.accumulator);
  check.vector("kv (results of the matrix unit)", formats.score);
  check.throw_if_any();
  return formats;
}

}  // namespace npulse::lowering
