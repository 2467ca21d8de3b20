// SPDX-License-Identifier: Apache-2.0
// Which layer a Timeloop problem is: a convolution or a matrix product, told by its projections.
#pragma once

#include <array>

#include "traces/importers/timeloop_problem.h"

namespace npulse::importers::timeloop {

/// Where nothing slides: c[groups, m, n] = a[groups, m, k] x b[groups, k, n] with m = batch *
/// positions, n = filters, k = channels. Channels and filters are a group's.
struct Layer {
  std::int64_t batch = 1, groups = 1, channels = 1, filters = 1;
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1}, positions{1, 1};
  bool slides = false;  ///< Else a product.
};

/// Throws InputError that names what is no convolution and no product.
Layer layer_of(const Problem& problem);

}  // namespace npulse::importers::timeloop
