// SPDX-License-Identifier: Apache-2.0
#include "tests/support/conv_operands.h"

#include "isa/shapes.h"

namespace npulse::test {
namespace {

/// An input channel under a tap of the window of an output pixel.
struct Tap {
  std::int64_t oh, ow, kh, kw, channel;
};

/// Padding is zero.
std::int64_t input_under(const isa::Conv& conv, const Matrix& ifm, const Tap& tap) {
  const std::int64_t h = tap.oh * conv.stride_h + tap.kh * conv.dilation_h - conv.pad_top,
                     w = tap.ow * conv.stride_w + tap.kw * conv.dilation_w - conv.pad_left;
  if (h < 0 || w < 0 || h >= conv.h || w >= conv.w) return 0;
  return at_or_zero(ifm, h * conv.w + w, tap.channel);
}

/// Calls visit(output pixel, row of weight, tap) for all taps of one group.
template <class Visit>
void for_each_tap(const isa::Conv& conv, std::int64_t group, Visit&& visit) {
  const auto out = isa::conv_output(conv);
  const std::int64_t channels = conv.c / conv.groups;
  for (std::int64_t pixel = 0; pixel < out.h * out.w; ++pixel) {
    for (std::int64_t k = 0; k < conv.kh * conv.kw * channels; ++k) {
      const std::int64_t place = k / channels;
      visit(pixel, k,
            Tap{pixel / out.w, pixel % out.w, place / conv.kw, place % conv.kw,
                group * channels + k % channels});
    }
  }
}

Matrix columns(const Matrix& matrix, std::int64_t first, std::int64_t count) {
  Matrix part;
  for (const auto& row : matrix) {
    part.emplace_back(row.begin() + first, row.begin() + first + count);
  }
  return part;
}

}  // namespace

isa::Conv random_conv(Random& random) {
  isa::Conv conv;
  conv.kh = random.between(1, 3);
  conv.kw = random.between(1, 3);
  conv.dilation_h = random.between(1, 2);
  conv.dilation_w = random.between(1, 2);
  conv.stride_h = random.between(1, 2);
  conv.stride_w = random.between(1, 2);
  conv.h = (conv.kh - 1) * conv.dilation_h + random.between(1, 5);
  conv.w = (conv.kw - 1) * conv.dilation_w + random.between(1, 5);
  conv.pad_top = random.between(0, 2);
  conv.pad_left = random.between(0, 2);
  conv.pad_bottom = random.between(0, 2);
  conv.pad_right = random.between(0, 2);
  conv.groups = random.coin() ? 1 : random.between(1, 5);
  const bool depthwise = conv.groups > 1 && random.coin();
  conv.c = conv.groups * (depthwise ? 1 : random.between(1, 4));
  conv.oc = conv.groups * (depthwise ? 1 : random.between(1, 6));
  conv.ofm.space = isa::Space::acc;
  return conv;
}

ConvTensors random_tensors(Random& random, const isa::Conv& conv) {
  return {random_matrix(random, conv.h * conv.w, conv.c),
          random_matrix(random, conv.kh * conv.kw * conv.c / conv.groups, conv.oc)};
}

Matrix convolve(const isa::Conv& conv, const ConvTensors& tensors) {
  const auto out = isa::conv_output(conv);
  const std::int64_t outputs = conv.oc / conv.groups;
  Matrix ofm = zeros(out.h * out.w, conv.oc);
  for (std::int64_t channel = 0; channel < conv.oc; ++channel) {
    for_each_tap(conv, channel / outputs, [&](auto pixel, auto k, const Tap& tap) {
      ofm[static_cast<std::size_t>(pixel)][static_cast<std::size_t>(channel)] +=
          input_under(conv, tensors.ifm, tap) * at_or_zero(tensors.weight, k, channel);
    });
  }
  return ofm;
}

std::vector<Product> im2col(const isa::Conv& conv, const ConvTensors& tensors) {
  const auto out = isa::conv_output(conv);
  const std::int64_t outputs = conv.oc / conv.groups;
  std::vector<Product> products;
  for (std::int64_t group = 0; group < conv.groups; ++group) {
    Matrix a = zeros(out.h * out.w, rows_of(tensors.weight));
    for_each_tap(conv, group, [&](auto pixel, auto k, const Tap& tap) {
      a[static_cast<std::size_t>(pixel)][static_cast<std::size_t>(k)] =
          input_under(conv, tensors.ifm, tap);
    });
    products.push_back({a, columns(tensors.weight, group * outputs, outputs)});
  }
  return products;
}

Matrix side_by_side(const std::vector<ProductRun>& groups) {
  Matrix ofm(groups[0].c.size());
  for (const ProductRun& group : groups) {
    for (std::size_t i = 0; i < ofm.size(); ++i) {
      ofm[i].insert(ofm[i].end(), group.c[i].begin(), group.c[i].end());
    }
  }
  return ofm;
}

}  // namespace npulse::test
