// SPDX-License-Identifier: Apache-2.0
// Puts the values of declared tensors where the program expects them, and takes them out.
#pragma once

#include <functional>
#include <span>

#include "isa/functional/array.h"
#include "isa/functional/machine.h"
#include "isa/program.h"

namespace npulse::isa::functional {

/// The value at a row-major index of the whole tensor.
using ValueAt = std::function<double(std::int64_t index)>;

/// Numbers drawn by name and index: the same tensor has the same values on every chip, in whatever
/// tiles it lies. Floats lie in [-0.5, 0.5), integers in -8 to 7.
ValueAt random_values(const TensorDecl& tensor, std::uint64_t seed);

/// Throws InputError when the array's shape is another, or a number does not fit an integer type.
ValueAt values_of(const TensorDecl& tensor, const Array& array);

/// One box.
void put(Machine& machine, const TensorDecl& tensor, const ValueAt& value);

/// All boxes of one tensor together; what no box of a state holds is 0.
Array take(Machine& machine, std::span<const TensorDecl> boxes);

}  // namespace npulse::isa::functional
