// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx/window.h"

#include <fmt/format.h>

#include <algorithm>

namespace npulse::importers {

namespace {

/// One number for a spatial dimension, each of `least` or more.
Shape spatial_attribute(const NodeImport& node, const std::string& name, std::size_t count,
                        std::int64_t least) {
  Shape numbers = node.integers(name);
  if (numbers.empty()) numbers.assign(count, least);
  if (numbers.size() != count) {
    node.fault(fmt::format("{} has {} numbers; needs {}", name, numbers.size(), count));
  }
  for (const std::int64_t n : numbers) {
    if (n < least || n > graph::kMaxAttribute) {
      node.fault(
          fmt::format("{} = {}; allowed are {} to {}", name, n, least, graph::kMaxAttribute));
    }
  }
  return numbers;
}

void read_pads(const NodeImport& node, Window& window) {
  const auto rank = static_cast<std::ptrdiff_t>(window.kernel.size());
  const Shape pads = spatial_attribute(node, "pads", 2 * window.kernel.size(), 0);
  window.begin.assign(pads.begin(), pads.begin() + rank);
  window.end.assign(pads.begin() + rank, pads.end());
}

/// Divides a dimension's padding; an odd one has its larger half at the end, or at the beginning.
void divide_pads(Window& window, std::size_t i, std::int64_t total, bool larger_at_end) {
  const std::int64_t half = total / 2;
  window.begin[i] = larger_at_end ? half : total - half;
  window.end[i] = total - window.begin[i];
}

/// SAME_UPPER and SAME_LOWER: as many outputs as strides begin in the input.
void pad_to_same(const Shape& spatial, Window& window, bool upper) {
  for (std::size_t i = 0; i < spatial.size(); ++i) {
    const std::int64_t out = (spatial[i] + window.stride[i] - 1) / window.stride[i];
    const std::int64_t reach = (out - 1) * window.stride[i] + window.extent(i);
    divide_pads(window, i, std::max<std::int64_t>(0, reach - spatial[i]), upper);
  }
}

bool is_same(const std::string& mode) {
  return mode == "SAME_UPPER" || mode == "SAME_LOWER";
}

std::string auto_pad(const NodeImport& node) {
  const std::string mode = node.text("auto_pad", "NOTSET");
  if (mode != "NOTSET" && mode != "VALID" && !is_same(mode)) {
    node.fault("auto_pad = " + mode + "; allowed: NOTSET, SAME_UPPER, SAME_LOWER, VALID");
  }
  return mode;
}

}  // namespace

Window window_of(const NodeImport& node, const Shape& spatial, const Shape& kernel) {
  Window window{kernel,
                spatial_attribute(node, "strides", spatial.size(), 1),
                spatial_attribute(node, "dilations", spatial.size(), 1),
                {},
                {}};
  if (kernel.size() != spatial.size()) {
    node.fault(fmt::format("a kernel of {} over {} spatial dimensions", graph::shape_text(kernel),
                           spatial.size()));
  }
  for (const std::int64_t n : kernel) {
    if (n < 1 || n > graph::kMaxAttribute)
      node.fault(fmt::format("a kernel of {}", graph::shape_text(kernel)));
  }
  read_pads(node, window);
  if (const std::string mode = auto_pad(node); mode != "NOTSET") {
    window.begin.assign(spatial.size(), 0);
    window.end = window.begin;
    if (is_same(mode)) pad_to_same(spatial, window, mode == "SAME_UPPER");
  }
  return window;
}

Shape slide(const NodeImport& node, const Shape& spatial, Window& window, bool ceil) {
  Shape result(spatial.size());
  for (std::size_t i = 0; i < spatial.size(); ++i) {
    const std::int64_t stride = window.stride[i];
    const std::int64_t padded = spatial[i] + window.begin[i] + window.end[i];
    const std::int64_t room = padded - window.extent(i);
    if (room < 0) {
      node.fault(fmt::format("a window of {} does not fit in {} elements, pads included",
                             window.extent(i), padded));
    }
    std::int64_t steps = room / stride;
    const bool rest = room % stride != 0;
    if (ceil && rest && (steps + 1) * stride < spatial[i] + window.begin[i]) ++steps;
    window.end[i] += std::max<std::int64_t>(0, steps * stride - room);
    result[i] = steps + 1;
  }
  return result;
}

Shape slide_transposed(const NodeImport& node, const Shape& spatial, Window& window,
                       Shape& output_padding) {
  output_padding = spatial_attribute(node, "output_padding", spatial.size(), 0);
  const std::string mode = auto_pad(node);
  Shape wanted = node.integers("output_shape");
  if (!wanted.empty()) wanted = spatial_attribute(node, "output_shape", spatial.size(), 1);
  Shape result(spatial.size());
  for (std::size_t i = 0; i < spatial.size(); ++i) {
    const std::int64_t full =
        window.stride[i] * (spatial[i] - 1) + output_padding[i] + window.extent(i);
    if (wanted.empty() && !is_same(mode)) {
      result[i] = full - window.begin[i] - window.end[i];
      continue;
    }
    result[i] = wanted.empty() ? spatial[i] * window.stride[i] : wanted[i];
    const std::int64_t total = full - result[i];
    divide_pads(window, i, std::max<std::int64_t>(0, total), mode == "SAME_UPPER");
    output_padding[i] += std::max<std::int64_t>(0, -total);
  }
  return result;
}

std::array<std::int64_t, 2> plane(const Shape& spatial, std::int64_t missing) {
  return {spatial.size() == 2 ? spatial[0] : missing, spatial.back()};
}

std::array<std::int64_t, 4> plane_pads(const Window& window) {
  const auto begin = plane(window.begin, 0), end = plane(window.end, 0);
  return {begin[0], begin[1], end[0], end[1]};
}

Shape as_image(const Shape& shape) {
  Shape image = shape;
  if (image.size() == 3) image.insert(image.begin() + 2, 1);
  return image;
}

}  // namespace npulse::importers
