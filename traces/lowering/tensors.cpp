// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/tensors.h"

namespace npulse::lowering {

isa::TensorDecl dense_tensor(const std::string& name, isa::TensorRole role, Address at,
                             const isa::Extents& shape, isa::DataType type) {
  isa::TensorDecl tensor;
  tensor.name = name;
  tensor.role = role;
  tensor.at = {isa::Space::dram, {}, at, {}};
  tensor.shape = shape;
  tensor.type = type;
  return tensor;
}

void append_linear(std::vector<isa::TensorDecl>& list, const Linear& linear,
                   const Formats& formats) {
  const LinearShape& shape = linear.shape();
  if (shape.n == 0) return;
  const std::int64_t layers = shape.copies;
  const std::int64_t layer_stride = static_cast<std::int64_t>(linear.address(1, 0, 0)) -
                                    static_cast<std::int64_t>(linear.address(0, 0, 0));
  const std::int64_t tile_stride = static_cast<std::int64_t>(linear.address(0, 0, 1)) -
                                   static_cast<std::int64_t>(linear.address(0, 0, 0));
  const bool parted = shape.parts > 1;
  const auto extents = [&](std::int64_t a, std::int64_t part, std::int64_t k, std::int64_t n) {
    return parted ? isa::Extents{a, part, k, n} : isa::Extents{a, k, n};
  };
  for (std::uint32_t core = 0; core < linear.cores(); ++core) {
    const Range columns = linear.columns(core);
    if (columns.size() == 0) continue;
    isa::TensorDecl tensor =
        dense_tensor(shape.region, isa::TensorRole::weight, linear.address(0, core, 0),
                     extents(layers, shape.parts, shape.k, shape.n), formats.weight);
    tensor.codec = formats.codec;
    tensor.first = extents(0, 0, 0, columns.first);
    tensor.box = extents(layers, shape.parts, shape.k, columns.size());
    tensor.tile = extents(1, shape.parts, shape.k, linear.width());
    tensor.tile_stride = extents(layer_stride, 0, 0, tile_stride);
    tensor.transposed = formats.coded();
    list.push_back(tensor);
  }
}

void append_cache(std::vector<isa::TensorDecl>& list, const KvCache& cache, isa::TensorRole role) {
  const KvCache::Extent& e = cache.extent();
  const auto add = [&](const char* name, std::int64_t width, auto address) {
    const Address base = address(0, 0, 0);
    isa::TensorDecl tensor =
        dense_tensor(name, role, base, {e.layers, e.kv_heads, e.batch, e.tokens, width}, e.type);
    tensor.tile = {1, 1, 1, e.tokens, width};
    tensor.tile_stride = {static_cast<std::int64_t>(address(1, 0, 0) - base),
                          static_cast<std::int64_t>(address(0, 1, 0) - base),
                          static_cast<std::int64_t>(address(0, 0, 1) - base), 0, 0};
    list.push_back(tensor);
  };
  using Index = std::int64_t;
  add("keys", e.key_dim, [&](Index l, Index h, Index s) { return cache.key(l, h, s, 0); });
  add("values", e.value_dim, [&](Index l, Index h, Index s) { return cache.value(l, h, s, 0); });
}

}  // namespace npulse::lowering
