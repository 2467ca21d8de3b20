// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/options.h"

#include <fmt/format.h>

#include <charconv>

#include "sim/core/error.h"

namespace npulse::lowering {

std::span<const EnumName<Phase>> enum_names(Phase) {
  static constexpr EnumName<Phase> kNames[] = {{Phase::prefill, "prefill"},
                                               {Phase::decode, "decode"}};
  return kNames;
}

std::span<const EnumName<WeightFormat>> enum_names(WeightFormat) {
  using F = WeightFormat;
  static constexpr EnumName<WeightFormat> kNames[] = {
      {F::fp16, "fp16"},           {F::bf16, "bf16"},          {F::fp8, "fp8"},
      {F::int8, "int8"},           {F::int4g128, "int4g128"},  {F::int4g64, "int4g64"},
      {F::int4g32, "int4g32"},     {F::int8g32, "int8g32"},    {F::awq4g128, "awq4g128"},
      {F::awq3g128, "awq3g128"},   {F::mxfp4, "mxfp4"},        {F::bcq2g128, "bcq2g128"},
      {F::bcq3g128, "bcq3g128"},   {F::bcq4g128, "bcq4g128"},  {F::fp16_2of4, "fp16_2of4"},
      {F::int8_2of4, "int8_2of4"}, {F::int4_2of4, "int4_2of4"}};
  return kNames;
}

std::span<const EnumName<AttentionForm>> enum_names(AttentionForm) {
  static constexpr EnumName<AttentionForm> kNames[] = {{AttentionForm::automatic, "auto"},
                                                       {AttentionForm::fused, "fused"},
                                                       {AttentionForm::unfused, "unfused"}};
  return kNames;
}

LayerRange parse_layers(const std::string& text, std::int64_t layers) {
  LayerRange range{0, layers};
  const auto read = [](std::string_view digits, std::int64_t& value) {
    if (digits.empty()) return true;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  const std::string_view view{text};
  const auto colon = view.find(':');
  const bool read_both = colon != std::string_view::npos &&
                         read(view.substr(0, colon), range.first) &&
                         read(view.substr(colon + 1), range.last);
  if (!read_both || range.first < 0 || range.first >= range.last || range.last > layers) {
    throw InputError{"layers",
                     fmt::format("'{}' is not a range A:B with 0 <= A < B <= {}", text, layers),
                     "0:1 is the first layer"};
  }
  return range;
}

}  // namespace npulse::lowering
