// SPDX-License-Identifier: Apache-2.0
#include "isa/strided_block.h"

#include <algorithm>

namespace npulse::isa {
namespace {

constexpr std::uint64_t kBitsPerByte = 8;

}  // namespace

/// The dimensions that move, by stride: which is outer makes no difference to the bytes touched.
RegularRuns::Levels RegularRuns::levels_of(const StridedBlock& block) {
  const Extents stride = block.stride.empty() ? dense_strides(block.shape) : block.stride;
  const auto bits = static_cast<std::uint64_t>(bits_of(block.type));
  Levels levels;
  for (int i = 0; i < block.shape.size(); ++i) {
    if (block.shape[i] == 1 || stride[i] == 0) continue;
    levels.push_back(
        {static_cast<std::uint64_t>(block.shape[i]), static_cast<std::uint64_t>(stride[i]) * bits});
  }
  std::sort(levels.begin(), levels.end(),
            [](const Level& a, const Level& b) { return a.stride < b.stride; });
  return levels;
}

RegularRuns::RegularRuns(const StridedBlock& block) {
  auto run_bits = static_cast<std::uint64_t>(bits_of(block.type));
  Levels levels;
  for (const Level& level : levels_of(block)) {
    if (levels.empty() && level.stride <= run_bits) {
      run_bits += (level.count - 1) * level.stride;
    } else if (!levels.empty() && level.stride == levels.back().count * levels.back().stride) {
      levels.back().count *= level.count;
    } else {
      levels.push_back(level);
    }
  }
  for (Level& level : levels)
    level.stride /= kBitsPerByte;  // runs begin on whole bytes: see the rules
  block_.bytes = ceil_div(run_bits, kBitsPerByte);
  extent_ = block_.bytes;
  for (const Level& level : levels) extent_ += (level.count - 1) * level.stride;
  const auto longest =
      std::max_element(levels.begin(), levels.end(),
                       [](const Level& a, const Level& b) { return a.count < b.count; });
  if (longest == levels.end()) return;
  block_.count = longest->count;
  block_.stride = longest->stride;
  levels.erase(longest);
  outer_ = levels;
  for (const Level& level : outer_) blocks_ *= static_cast<std::int64_t>(level.count);
}

std::uint64_t RegularRuns::offset_of(std::int64_t index) const {
  std::uint64_t offset = 0;
  auto rest = static_cast<std::uint64_t>(index);
  for (const Level& level : outer_) {
    offset += rest % level.count * level.stride;
    rest /= level.count;
  }
  return offset;
}

}  // namespace npulse::isa
