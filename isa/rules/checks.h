// SPDX-License-Identifier: Apache-2.0
// The small tests that the rules of operations are made of. Each returns the fault, or nothing.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <span>

#include "isa/limits.h"
#include "isa/program.h"
#include "sim/core/error.h"

namespace npulse::isa::rules {

using Fault = std::optional<Diagnostic>;

inline Fault bad(std::string message, std::string hint = {}) {
  return Diagnostic{"", std::move(message), std::move(hint)};
}

struct Named {
  const char* name;
  std::int64_t value;
};

Fault outside(Named number, std::int64_t low, std::int64_t high = kMaxExtent);
Fault any_outside(std::initializer_list<Named> numbers, std::int64_t low);

/// Extents that are each within kMaxExtent, but whose product passes kMaxElements.
Fault too_large(const char* name, std::span<const std::int64_t> extents);
Fault too_large(const char* name, std::initializer_list<std::int64_t> extents);

/// Wrong rank, or an entry below `low`.
Fault extents_fault(const char* name, const Extents& extents, int rank, std::int64_t low);
Fault shape_fault(const char* name, const Extents& shape);

/// Units other than DMA reach only the memories of their own core.
Fault not_local(const char* name, const Operand& operand);
Fault too_long(const char* name, const std::string& text);

inline bool in_core(const Operand& o) {
  return o.space == Space::spm || o.space == Space::acc;
}

Fault fault_of(const TensorDecl& tensor, const ProgramHeader& header);
Fault fault_of(const Dma& op, const ProgramHeader& header);
Fault fault_of(const Mm& op);
Fault fault_of(const Conv& op);
Fault fault_of(const Vec& op);
Fault fault_of(const Xform& op);

/// Any other operation.
Fault fault_of_rest(const Operation& operation);

}  // namespace npulse::isa::rules
