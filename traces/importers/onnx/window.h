// SPDX-License-Identifier: Apache-2.0
// Kernel, strides, dilations and pads of convolutions and pooling; the formulas of the ONNX text.
#pragma once

#include "traces/importers/onnx/node_import.h"

namespace npulse::importers {

/// Each has one entry for a spatial dimension.
struct Window {
  Shape kernel, stride, dilation, begin, end;

  std::int64_t extent(std::size_t i) const { return (kernel[i] - 1) * dilation[i] + 1; }
};

/// Reads strides, dilations, pads and auto_pad; `kernel` as the weights or kernel_shape say.
Window window_of(const NodeImport& node, const Shape& spatial, const Shape& kernel);

/// Spatial dimensions after convolution or pooling of `spatial`; rounded up with `ceil`, when the
/// pads at the end grow by what the last window reaches beyond.
Shape slide(const NodeImport& node, const Shape& spatial, Window& window, bool ceil = false);

/// Spatial dimensions after a transposed convolution; settles pads and `output_padding`.
Shape slide_transposed(const NodeImport& node, const Shape& spatial, Window& window,
                       Shape& output_padding);

/// Of an image with one or two spatial dimensions: [height, width] and [top, left, bottom, right].
std::array<std::int64_t, 2> plane(const Shape& spatial, std::int64_t missing);
std::array<std::int64_t, 4> plane_pads(const Window& window);

/// [n, c, w] as [n, c, 1, w]; others as they are.
Shape as_image(const Shape& shape);

}  // namespace npulse::importers
