// SPDX-License-Identifier: Apache-2.0
#include "isa/shapes.h"

#include <bit>

#include "isa/codecs.h"

namespace npulse::isa {
namespace {

std::int64_t windows(std::int64_t extent, std::int64_t kernel, std::int64_t stride) {
  return extent < kernel ? 0 : (extent - kernel) / stride + 1;
}

}  // namespace

Bytes coded_bytes(CodecFormat codec, const Extents& shape) {
  const std::int64_t elements = shape.product();
  if (codec == CodecFormat::none) return Bytes{elements};
  const std::int64_t row = shape[shape.size() - 1];
  return layout_of(codec).row_bytes(row) * (elements / row);
}

Extents padded_shape(const Dma& op) {
  Extents block = op.shape;
  for (int i = 0; i < block.size(); ++i) {
    if (!op.pad_lo.empty()) block[i] += op.pad_lo[i];
    if (!op.pad_hi.empty()) block[i] += op.pad_hi[i];
  }
  return block;
}

ConvOutput conv_output(const Conv& op) {
  return {windows(op.h + op.pad_top + op.pad_bottom, (op.kh - 1) * op.dilation_h + 1, op.stride_h),
          windows(op.w + op.pad_left + op.pad_right, (op.kw - 1) * op.dilation_w + 1, op.stride_w)};
}

Bytes b_bytes(const Mm& op) {
  if (op.sparse_m == 0) return bytes_of(op.k * op.n, op.b_type);
  const std::int64_t kept = ceil_div<std::int64_t>(op.k, op.sparse_m) * op.sparse_n * op.n;
  const std::int64_t index_bits = std::bit_width(static_cast<unsigned>(op.sparse_m - 1));
  return bytes_of(kept, op.b_type) + Bytes{ceil_div<std::int64_t>(kept * index_bits, 8)};
}

std::int64_t second_input_elements(const Vec& op) {
  switch (op.y_broadcast) {
    case Broadcast::row:
      return op.cols;
    case Broadcast::column:
      return op.rows;
    case Broadcast::none:
      break;
  }
  return op.rows * op.cols;
}

std::int64_t output_elements(const Vec& op) {
  switch (op.kind) {
    case VecKind::reduce_sum:
    case VecKind::reduce_max:
      return op.rows;
    case VecKind::pool_max:
    case VecKind::pool_avg:
      return windows(op.window[0], op.window[2], op.stride[0]) *
             windows(op.window[1], op.window[3], op.stride[1]) * op.cols;
    default:
      return op.rows * op.cols;
  }
}

}  // namespace npulse::isa
