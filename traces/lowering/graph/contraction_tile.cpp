// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/contraction_tile.h"

#include "traces/lowering/instructions.h"

namespace npulse::lowering {
namespace {

isa::Mm mm(const ContractionStep& step, const Formats& formats, const Tile& tile,
           const Slice& slice, const Places& at) {
  isa::Mm mm;
  mm.a = in_spm(input_part(at.input, slice, tile.pixels.count(), formats));
  mm.b = in_spm(weight_part(at.weights, slice, tile.channels.size(), formats));
  mm.c = in_acc(at.result.address);
  mm.m = tile.pixels.count();
  mm.n = tile.channels.size();
  mm.k = slice.channels.size();
  mm.a_type = formats.activation;
  mm.b_type = formats.weight;
  mm.c_type = formats.accumulator;
  mm.b_transposed = step.weights_transposed || formats.coded();
  return mm;
}

isa::Conv conv(const Contraction& loops, const Formats& formats, const Tile& tile, Range chunk,
               const Places& at) {
  isa::Conv conv;
  conv.ifm = in_spm(at.input.address);
  conv.weight = in_spm(at.weights.address);
  conv.ofm = in_acc(at.result.address);
  const bool pointwise = loops.pointwise();
  const PixelTile& p = tile.pixels;
  const InputSpan rows = pointwise ? InputSpan{0, p.rows.size()} : input_rows(loops, p.rows);
  const InputSpan columns =
      pointwise ? InputSpan{0, p.columns.size()} : input_columns(loops, p.columns);
  conv.h = rows.size, conv.pad_top = rows.before, conv.pad_bottom = rows.after;
  conv.w = columns.size, conv.pad_left = columns.before, conv.pad_right = columns.after;
  conv.c = chunk.size(), conv.oc = tile.channels.size();
  conv.groups = std::max<std::int64_t>(1, chunk.size() / loops.c);
  conv.kh = loops.kh, conv.kw = loops.kw;
  conv.stride_h = pointwise ? 1 : loops.stride_h;
  conv.stride_w = pointwise ? 1 : loops.stride_w;
  conv.dilation_h = loops.dilation_h, conv.dilation_w = loops.dilation_w;
  conv.ifm_type = formats.activation;
  conv.weight_type = formats.weight;
  conv.ofm_type = formats.accumulator;
  return conv;
}

}  // namespace

Address input_part(const Buffer& slot, const Slice& slice, std::int64_t pixels,
                   const Formats& formats) {
  return advance(slot.address, pixels * (slice.channels.first - slice.chunk.first),
                 formats.activation);
}

Address weight_part(const Buffer& slot, const Slice& slice, std::int64_t columns,
                    const Formats& formats) {
  return advance(slot.address, columns * (slice.channels.first - slice.chunk.first),
                 formats.weight);
}

isa::Operation product(const ContractionStep& step, const Formats& formats, const Tile& tile,
                       const Slice& slice, const Places& at, bool accumulate) {
  const Contraction& loops = step.loops;
  if (loops.product() && slice.channels.size() <= loops.c) {
    isa::Mm operation = mm(step, formats, tile, slice, at);
    operation.accumulate = accumulate;
    return operation;
  }
  isa::Conv operation = conv(loops, formats, tile, slice.channels, at);
  operation.accumulate = accumulate;
  return operation;
}

}  // namespace npulse::lowering
