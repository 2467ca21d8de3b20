// SPDX-License-Identifier: Apache-2.0
// Which vector operations stand for the elementwise operations and reductions of graphs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "isa/instruction.h"

namespace npulse::lowering {

/// Operations that cost what `kind` does; add, sub, mul, max and min take a further input if there
/// is one. Nothing when the kind is not known.
std::optional<std::vector<isa::VecKind>> elementwise_kinds(const std::string& kind);

/// What stands for the second input of `operation` in `kind` where there is none.
double elementwise_scalar(const std::string& kind, isa::VecKind operation);

/// Whether the operation has a second input or a scalar.
bool takes_second_input(isa::VecKind kind);

/// reduce_sum or reduce_max.
isa::VecKind reduction_kind(const std::string& kind);

}  // namespace npulse::lowering
