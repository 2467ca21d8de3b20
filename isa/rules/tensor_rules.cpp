// SPDX-License-Identifier: Apache-2.0
#include "isa/rules/checks.h"
#include "isa/rules/rules.h"
#include "isa/tensor_tiles.h"

namespace npulse::isa::rules {
namespace {

/// The box lies within the tensor.
Fault box_fault(const TensorDecl& tensor) {
  const int rank = tensor.shape.size();
  if (!tensor.first.empty()) {
    if (auto fault = extents_fault("first", tensor.first, rank, 0)) return fault;
  }
  if (!tensor.box.empty()) {
    if (auto fault = extents_fault("box", tensor.box, rank, 1)) return fault;
  }
  for (int d = 0; d < rank; ++d) {
    const std::int64_t first = tensor.first.empty() ? 0 : tensor.first[d];
    const std::int64_t extent = box_of(tensor)[d];
    if (first + extent > tensor.shape[d])
      return bad(fmt::format("its box ends at {} in dimension {} of {}", first + extent, d,
                             tensor.shape[d]));
  }
  return std::nullopt;
}

Fault tile_fault(const TensorDecl& tensor) {
  const int rank = tensor.shape.size();
  if (tensor.transposed && rank < 2) return bad("transposed with one dimension");
  if (tensor.tile.empty() != tensor.tile_stride.empty())
    return bad("tile and tile_stride go together");
  if (tensor.tile.empty()) return std::nullopt;
  if (auto fault = extents_fault("tile", tensor.tile, rank, 1)) return fault;
  if (auto fault = extents_fault("tile_stride", tensor.tile_stride, rank, 0)) return fault;
  __extension__ __int128 reach = 0;
  for (int d = 0; d < rank; ++d)
    reach += static_cast<__int128_t>(box_of(tensor)[d] / tensor.tile[d]) * tensor.tile_stride[d];
  return reach <= kMaxElements ? std::nullopt : bad("tile_stride reaches too far");
}

}  // namespace

Fault fault_of(const TensorDecl& tensor, const ProgramHeader& header) {
  if (!is_name(tensor.name)) return bad("a bad name");
  if (auto fault = shape_fault("shape", tensor.shape)) return fault;
  if (auto fault = box_fault(tensor)) return fault;
  if (auto fault = tile_fault(tensor)) return fault;
  if (tensor.at.steps != LoopSteps{})
    return bad("a tensor lies outside of loops", "remove the steps");
  if (!in_core(tensor.at))
    return tensor.at.core ? bad("its space belongs to no core") : std::nullopt;
  if (!tensor.at.core) return bad("whose memory it lies in is missing", "as in spm@0:0x0");
  return outside({"core", *tensor.at.core}, 0, static_cast<std::int64_t>(header.cores) - 1);
}

}  // namespace npulse::isa::rules
