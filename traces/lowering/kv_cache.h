// SPDX-License-Identifier: Apache-2.0
// Keys and values in memory: token-major for each layer, KV head and sequence. Of latent attention
// the "key" is the latent vector, the "value" the rotated part that all heads share.
#pragma once

#include "isa/types.h"
#include "traces/lowering/job.h"
#include "traces/lowering/space.h"

namespace npulse::lowering {

class KvCache {
 public:
  struct Extent {
    std::int64_t layers = 1, kv_heads = 1, batch = 1, tokens = 1, key_dim = 1, value_dim = 1;
    isa::DataType type = isa::DataType::bf16;
  };
  KvCache() = default;
  KvCache(SpaceAllocator& dram, const Extent& extent)
      : extent_{extent},
        key_stride_{stride(dram, extent.key_dim)},
        value_stride_{stride(dram, extent.value_dim)} {
    const std::int64_t runs = extent.layers * extent.kv_heads * extent.batch;
    base_ = dram.take("the KV cache", Bytes{runs * (key_stride_ + value_stride_)});
  }

  Address key(std::int64_t layer, std::int64_t head, std::int64_t sequence,
              std::int64_t token) const {
    return plane(layer) + offset(head, sequence, token, key_stride_, extent_.key_dim);
  }
  Address value(std::int64_t layer, std::int64_t head, std::int64_t sequence,
                std::int64_t token) const {
    return plane(layer) + static_cast<Address>(runs() * key_stride_) +
           offset(head, sequence, token, value_stride_, extent_.value_dim);
  }

  const Extent& extent() const { return extent_; }

 private:
  std::int64_t stride(const SpaceAllocator& dram, std::int64_t width) const {
    return dram.stride(isa::bytes_of(extent_.tokens * width, extent_.type)).count();
  }
  std::int64_t runs() const { return extent_.kv_heads * extent_.batch; }  ///< Of a layer's keys.
  Address plane(std::int64_t layer) const {
    return base_ + static_cast<Address>(layer * runs() * (key_stride_ + value_stride_));
  }
  Address offset(std::int64_t head, std::int64_t sequence, std::int64_t token, std::int64_t stride,
                 std::int64_t width) const {
    const Bytes before = isa::bytes_of(token * width, extent_.type);
    return static_cast<Address>((head * extent_.batch + sequence) * stride + before.count());
  }

  Extent extent_;
  std::int64_t key_stride_ = 0, value_stride_ = 0;  ///< Bytes from one sequence to the next.
  Address base_ = 0;
};

/// The cache of the layers that are lowered, with room for `tokens` of each sequence.
inline KvCache::Extent cache_extent(const Job& job, std::int64_t tokens) {
  const Transformer& model = job.model;
  const std::int64_t layers = job.layers.size(), batch = job.options.batch;
  if (const auto& latent = model.latent)
    return {layers, 1, batch, tokens, latent->kv_rank, latent->rope_dim, job.formats.kv};
  return {layers, model.kv_heads, batch, tokens, model.head_dim, model.head_dim, job.formats.kv};
}

}  // namespace npulse::lowering
