// SPDX-License-Identifier: Apache-2.0
// Values that go into a functional run and come out of it, whatever type they have inside.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "isa/types.h"

namespace npulse::isa::functional {

/// Row-major.
struct Array {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
  bool operator==(const Array&) const = default;
};

/// By name of tensor.
using Arrays = std::map<std::string, Array>;

}  // namespace npulse::isa::functional
