// SPDX-License-Identifier: Apache-2.0
// Any bytes as a user's mapping: refused, or one whose own text reads back as the same.
#include <cstdint>

#include "traces/lowering/mapping.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace npulse;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  try {
    const lowering::Mapping mapping = lowering::parse_mapping(text, "fuzz");
    mapping.find("conv1");
    if (!mapping.faults.empty()) return 0;
    const std::string written = lowering::to_yaml(mapping, "title");
    const lowering::Mapping again = lowering::parse_mapping(written, "written");
    ensure(again.faults.empty(), "what was written is refused");
    ensure(lowering::to_yaml(again, "title") == written, "what was written reads back otherwise");
  } catch (const InputError&) {
  }
  return 0;
}
