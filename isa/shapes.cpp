// SPDX-License-Identifier: Apache-2.0
#include "isa/shapes.h"

namespace npulse::isa {
namespace {

constexpr std::int64_t kInt4Group = 128;
constexpr std::int64_t kInt4GroupBytes = 2 + kInt4Group / 2;

std::int64_t windows(std::int64_t extent, std::int64_t kernel, std::int64_t stride) {
  return extent < kernel ? 0 : (extent - kernel) / stride + 1;
}

}  // namespace

Bytes coded_bytes(CodecFormat codec, std::int64_t elements) {
  switch (codec) {
    case CodecFormat::none:
      return Bytes{elements};
    case CodecFormat::int4g128:
      return Bytes{ceil_div(elements, kInt4Group) * kInt4GroupBytes};
  }
  return Bytes{elements};
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
