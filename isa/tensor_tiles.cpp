// SPDX-License-Identifier: Apache-2.0
#include "isa/tensor_tiles.h"

#include <algorithm>

#include "isa/shapes.h"

namespace npulse::isa {
namespace {

Extents tile_of(const TensorDecl& tensor) {
  return tensor.tile.empty() ? box_of(tensor) : tensor.tile;
}

Bytes bytes_of(const TensorDecl& tensor, const Extents& stored) {
  if (tensor.codec != CodecFormat::none) return coded_bytes(tensor.codec, stored);
  return isa::bytes_of(stored.product(), tensor.type);
}

}  // namespace

Extents box_of(const TensorDecl& tensor) {
  return tensor.box.empty() ? tensor.shape : tensor.box;
}

std::int64_t tile_count(const TensorDecl& tensor) {
  const Extents box = box_of(tensor), tile = tile_of(tensor);
  std::int64_t count = 1;
  for (int d = 0; d < box.size(); ++d) count *= ceil_div(box[d], tile[d]);
  return count;
}

TensorTile tile_at(const TensorDecl& tensor, std::int64_t index) {
  const Extents box = box_of(tensor), size = tile_of(tensor);
  TensorTile tile{tensor.at.address, box, box, {}, {}};
  for (int d = box.size() - 1; d >= 0; --d) {
    const std::int64_t tiles = ceil_div(box[d], size[d]), i = index % tiles;
    index /= tiles;
    tile.first[d] = (tensor.first.empty() ? 0 : tensor.first[d]) + i * size[d];
    tile.shape[d] = std::min(size[d], box[d] - i * size[d]);
    if (!tensor.tile_stride.empty())
      tile.address += static_cast<Address>(i * tensor.tile_stride[d]);
  }
  tile.stored = tile.shape;
  const int last = box.size() - 1;
  if (tensor.transposed) std::swap(tile.stored[last], tile.stored[last - 1]);
  tile.bytes = bytes_of(tensor, tile.stored);
  return tile;
}

}  // namespace npulse::isa
