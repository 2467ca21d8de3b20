// SPDX-License-Identifier: Apache-2.0
// A convolution as its definition has it, and as the products that an array makes of it.
#pragma once

#include "isa/instruction.h"
#include "tests/support/array_model.h"

namespace npulse::test {

/// Small, with any kernel, stride, dilation and padding; dense, grouped or depthwise.
isa::Conv random_conv(Random& random);

struct ConvTensors {
  Matrix ifm;     ///< [h * w, c]
  Matrix weight;  ///< [kh * kw * c / groups, oc]
};

ConvTensors random_tensors(Random& random, const isa::Conv& conv);

/// ofm [oh * ow, oc], tap by tap.
Matrix convolve(const isa::Conv& conv, const ConvTensors& tensors);

/// One product a group: a row of a for every output pixel, a column for every tap (im2col).
std::vector<Product> im2col(const isa::Conv& conv, const ConvTensors& tensors);

/// ofm from the groups' results.
Matrix side_by_side(const std::vector<ProductRun>& groups);

}  // namespace npulse::test
