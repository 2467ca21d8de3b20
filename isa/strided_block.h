// SPDX-License-Identifier: Apache-2.0
// Reduces a strided block of up to five dimensions to the fewest regular sets of runs.
#pragma once

#include <boost/container/static_vector.hpp>

#include "isa/types.h"

namespace npulse::isa {

/// One side of a DMA; strides in elements, empty: dense.
struct StridedBlock {
  Extents shape, stride;
  DataType type;
};

/// `count` runs of `bytes`, `stride` apart.
struct Runs {
  std::uint64_t bytes = 0, stride = 0, count = 1;
  std::uint64_t extent() const { return (count - 1) * stride + bytes; }
};

class RegularRuns {
 public:
  explicit RegularRuns(const StridedBlock& block);

  /// How many such sets the block consists of.
  std::int64_t blocks() const { return blocks_; }
  /// Each of them; they differ only in where they begin.
  const Runs& block() const { return block_; }
  /// From the block's first byte to its last.
  std::uint64_t extent() const { return extent_; }

  template <class F>
  void for_each_block(F&& f) const {
    for (std::int64_t i = 0; i < blocks_; ++i) f(offset_of(i));
  }

 private:
  struct Level {
    std::uint64_t count, stride;  ///< Stride in bits while levels are made, then in bytes.
  };
  using Levels = boost::container::static_vector<Level, kMaxRank>;
  static Levels levels_of(const StridedBlock& block);
  std::uint64_t offset_of(std::int64_t index) const;

  Runs block_;
  Levels outer_;
  std::int64_t blocks_ = 1;
  std::uint64_t extent_ = 0;
};

}  // namespace npulse::isa
