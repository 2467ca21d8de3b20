// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/attention_tiling.h"

#include "traces/lowering/attention.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kKvBuffers = 4;  // chunks of keys and values in flight

/// The longest chunk that fits beside `rows` query rows; 0: none.
std::int64_t longest_chunk(const AttentionJob& job, Bytes arena, std::int64_t rows,
                           std::int64_t output_slots) {
  const AttentionShape& shape = job.shape;
  const Formats& formats = job.formats;
  const Bytes outputs = isa::bytes_of(rows * shape.value_width, formats.score) * output_slots;
  const std::int64_t acc_left = job.target.acc_bytes.count() - outputs.count();
  const std::int64_t in_acc = acc_left / (2 * isa::bytes_of(rows, formats.score).count());
  const std::int64_t widest = std::max(shape.width, shape.value_width);
  const Bytes queries = isa::bytes_of(rows * widest * shape.group(), formats.activation) * 4;
  const Bytes states =
      isa::bytes_of(2 * shape.group() * AttentionHead::kStateColumns * rows, formats.state);
  const std::int64_t spm_left = arena.count() - queries.count() - states.count();
  const Bytes token = isa::bytes_of(widest, formats.kv) * kKvBuffers +
                      isa::bytes_of(rows, formats.activation) * (job.masks ? 4 : 2);
  const std::int64_t most = std::min({in_acc, spm_left / token.count(), shape.tokens});
  return std::max<std::int64_t>(0, most);
}

}  // namespace

std::optional<FlashTiling> tile_flash(const AttentionJob& job, Bytes arena) {
  return best_tile(job, [&](std::int64_t rows, std::int64_t output_slots) {
    return longest_chunk(job, arena, rows, output_slots);
  });
}

}  // namespace npulse::lowering
