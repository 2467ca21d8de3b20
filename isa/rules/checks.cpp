// SPDX-License-Identifier: Apache-2.0
#include "isa/rules/checks.h"

namespace npulse::isa::rules {

Fault outside(Named number, std::int64_t low, std::int64_t high) {
  if (number.value >= low && number.value <= high) return std::nullopt;
  return bad(fmt::format("{} = {}", number.name, number.value),
             fmt::format("allowed: {} to {}", low, high));
}

Fault any_outside(std::initializer_list<Named> numbers, std::int64_t low) {
  for (const auto& number : numbers) {
    if (auto fault = outside(number, low)) return fault;
  }
  return std::nullopt;
}

Fault too_large(const char* name, std::span<const std::int64_t> extents) {
  __extension__ __int128 product = 1;  // holds kMaxElements * kMaxExtent
  for (const std::int64_t extent : extents) {
    product *= extent;
    if (product > kMaxElements)
      return bad(fmt::format("{} has over {} elements", name, kMaxElements));
  }
  return std::nullopt;
}

Fault too_large(const char* name, std::initializer_list<std::int64_t> extents) {
  return too_large(name, std::span{extents.begin(), extents.size()});
}

Fault extents_fault(const char* name, const Extents& extents, int rank, std::int64_t low) {
  if (extents.size() != rank) {
    return bad(fmt::format("{} has {} dimensions", name, extents.size()),
               fmt::format("it needs {}", rank));
  }
  for (const std::int64_t extent : extents) {
    if (auto fault = outside({name, extent}, low)) return fault;
  }
  return std::nullopt;
}

Fault shape_fault(const char* name, const Extents& shape) {
  if (shape.empty())
    return bad(fmt::format("{} is empty", name), fmt::format("give 1 to {} extents", kMaxRank));
  if (auto fault = extents_fault(name, shape, shape.size(), 1)) return fault;
  return too_large(name, std::span{shape.begin(), shape.end()});
}

Fault not_local(const char* name, const Operand& operand) {
  if (in_core(operand) && !operand.core) return std::nullopt;
  return bad(fmt::format("{} is in {}", name,
                         operand.core ? "another core's memory" : to_string(operand.space)),
             "use spm or acc of its own core, and dma to move data");
}

Fault too_long(const char* name, const std::string& text) {
  if (text.size() <= kMaxTextLength) return std::nullopt;
  return bad(fmt::format("{} has {} bytes", name, text.size()),
             fmt::format("allowed: up to {}", kMaxTextLength));
}

}  // namespace npulse::isa::rules
