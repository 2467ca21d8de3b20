// SPDX-License-Identifier: Apache-2.0
// Any bytes as a model's config.json: refused, or a model whose counts and sheet can be had.
#include <cstdint>

#include "traces/lowering/model_sheet.h"
#include "traces/lowering/promised_size.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace npulse;
  const std::string text{reinterpret_cast<const char*>(data), size};
  try {
    const auto config = lowering::parse_hf_config(text, "fuzz", "fuzz-8b");
    const auto& model = config.model;
    ensure(model.parameters() >= model.active_parameters(), "more is active than there is");
    ensure(model.active_parameters() >= model.parameters_read(), "more is read than is active");
    ensure(model.parameters_read() > 0 && model.kv_elements_per_token() > 0, "a count overflows");
    ensure(!lowering::to_yaml(config).empty(), "a model without a sheet");
    lowering::check_promised_size(model, std::nullopt);
  } catch (const InputError&) {
  }
  return 0;
}
