// SPDX-License-Identifier: Apache-2.0
// The tiles in which a declared tensor lies.
#pragma once

#include "isa/program.h"

namespace npulse::isa {

/// A dense block of `stored` extents, or coded rows of its last dimension.
struct TensorTile {
  Address address;
  Extents first;   ///< Index of its first element in the tensor.
  Extents shape;   ///< In the tensor's order of dimensions.
  Extents stored;  ///< In memory's.
  Bytes bytes;
};

Extents box_of(const TensorDecl& tensor);
std::int64_t tile_count(const TensorDecl& tensor);
TensorTile tile_at(const TensorDecl& tensor, std::int64_t index);

}  // namespace npulse::isa
