// SPDX-License-Identifier: Apache-2.0
// Keys and values in memory: token-major for each layer, KV head and sequence.
#pragma once

#include "isa/types.h"
#include "traces/lowering/space.h"

namespace npulse::lowering {

class KvCache {
 public:
  struct Extent {
    std::int64_t layers = 1, kv_heads = 1, batch = 1, tokens = 1, head_dim = 1;
    isa::DataType type = isa::DataType::bf16;
  };
  KvCache() = default;
  KvCache(SpaceAllocator& dram, const Extent& extent)
      : extent_{extent},
        stride_{dram.stride(isa::bytes_of(extent.tokens * extent.head_dim, extent.type)).count()} {
    const std::int64_t runs = extent.layers * 2 * extent.kv_heads * extent.batch;
    base_ = dram.take("the KV cache", Bytes{runs * stride_});
  }

  Address key(std::int64_t layer, std::int64_t head, std::int64_t sequence,
              std::int64_t token) const {
    return at(layer * 2, head, sequence, token);
  }
  Address value(std::int64_t layer, std::int64_t head, std::int64_t sequence,
                std::int64_t token) const {
    return at(layer * 2 + 1, head, sequence, token);
  }

  const Extent& extent() const { return extent_; }

 private:
  Address at(std::int64_t plane, std::int64_t head, std::int64_t sequence,
             std::int64_t token) const {
    const std::int64_t run = (plane * extent_.kv_heads + head) * extent_.batch + sequence;
    const Bytes before = isa::bytes_of(token * extent_.head_dim, extent_.type);
    return base_ + static_cast<Address>(run * stride_ + before.count());
  }

  Extent extent_;
  std::int64_t stride_ = 0;  ///< Bytes from one sequence of a head to the next.
  Address base_ = 0;
};

}  // namespace npulse::lowering
