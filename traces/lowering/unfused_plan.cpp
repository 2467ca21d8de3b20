// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/unfused_plan.h"

#include <algorithm>

namespace npulse::lowering {
namespace {

constexpr std::int64_t kMaxSoftmaxRows = 64;
constexpr std::int64_t kTokenSlots = 4, kSlots = 2;

/// Queries, or results, of all heads of a group.
Bytes block_bytes(const AttentionJob& job, std::int64_t rows) {
  const AttentionShape& shape = job.shape;
  const std::int64_t width = std::max(shape.width, shape.value_width);
  return isa::bytes_of(shape.group() * rows * width, job.formats.activation);
}

/// Keys, or values, of one token.
Bytes token_bytes(const AttentionJob& job) {
  return isa::bytes_of(std::max(job.shape.width, job.shape.value_width), job.formats.kv);
}

/// The longest chunk that fits both phases of products; 0: none.
std::int64_t longest_chunk(const AttentionJob& job, Bytes arena, std::int64_t rows,
                           std::int64_t slots) {
  const Formats& formats = job.formats;
  const Bytes outputs = isa::bytes_of(rows * job.shape.value_width, formats.score) * slots;
  if (outputs > job.target.acc_bytes) return 0;
  const std::int64_t in_acc =
      job.target.acc_bytes.count() / (kSlots * isa::bytes_of(rows, formats.score).count());
  const Bytes token =
      token_bytes(job) * kTokenSlots + isa::bytes_of(rows, spilled_score(formats)) * kSlots;
  const std::int64_t left = arena.count() - (block_bytes(job, rows) * kSlots).count();
  return std::max<std::int64_t>(0, std::min({in_acc, left / token.count(), job.shape.tokens}));
}

std::int64_t softmax_rows(const AttentionJob& job, Bytes arena) {
  const Bytes row = score_row_pitch(job) + isa::bytes_of(job.shape.tokens, job.formats.activation);
  return std::min({kMaxSoftmaxRows, arena.count() / (row * kSlots).count(), job.shape.rows});
}

}  // namespace

isa::DataType spilled_score(const Formats& formats) {
  if (is_integer(formats.score) || is_integer(formats.residual)) return formats.score;
  const bool narrower = isa::bits_of(formats.residual) < isa::bits_of(formats.activation);
  return narrower ? formats.activation : formats.residual;
}

Bytes score_row_pitch(const AttentionJob& job) {
  return isa::bytes_of(job.shape.tokens, spilled_score(job.formats));
}

Bytes score_bytes(const AttentionJob& job) {
  return score_row_pitch(job) * (job.shape.batch * job.shape.heads * job.shape.rows);
}

std::optional<UnfusedTiling> tile_unfused(const AttentionJob& job, Bytes arena) {
  const auto products = best_tile(job, [&](std::int64_t rows, std::int64_t slots) {
    return longest_chunk(job, arena, rows, slots);
  });
  const std::int64_t whole_rows = softmax_rows(job, arena);
  if (!products || whole_rows < 1) return std::nullopt;
  return UnfusedTiling{*products, whole_rows};
}

UnfusedRings lay_out_unfused(const AttentionJob& job, const UnfusedTiling& tiling,
                             EventTable& events, Address base) {
  const Formats& formats = job.formats;
  const auto [rows, chunk, output_slots] = tiling.products;
  const Bytes tokens = token_bytes(job) * chunk;
  UnfusedRings rings;
  Arena first{events, "attn.scores", base};
  rings.queries = first.ring("queries", block_bytes(job, rows), kSlots);
  rings.keys = first.ring("keys", tokens, kTokenSlots);
  rings.stage = first.ring("stage", isa::bytes_of(rows * chunk, spilled_score(formats)), kSlots);
  Arena second{events, "attn.softmax", base};
  rings.rows_in = second.ring("in", score_row_pitch(job) * tiling.softmax_rows, kSlots);
  rings.rows_out = second.ring(
      "out", isa::bytes_of(tiling.softmax_rows * job.shape.tokens, formats.activation), kSlots);
  Arena third{events, "attn.values", base};
  rings.probabilities =
      third.ring("probabilities", isa::bytes_of(rows * chunk, formats.activation), kSlots);
  rings.values = third.ring("values", tokens, kTokenSlots);
  rings.results = third.ring("results", block_bytes(job, rows), kSlots);
  rings.scores =
      Ring{events, "attn.products", 0, isa::bytes_of(rows * chunk, formats.score), kSlots};
  rings.outputs = Ring{events, "attn.sums", 0,
                       isa::bytes_of(rows * job.shape.value_width, formats.score), output_slots};
  return rings;
}

}  // namespace npulse::lowering
