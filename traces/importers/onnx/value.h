// SPDX-License-Identifier: Apache-2.0
// What is known of one name of an ONNX graph while it is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "traces/graph/graph.h"
#include "traces/importers/onnx/shape.h"

namespace npulse::importers {

/// Numbers of shape arithmetic. Doubles hold every dimension that we accept; the greater ones in
/// use (the largest int64) only mean "to the end".
using Numbers = std::vector<double>;

/// Numbers are kept for tensors up to this size: those that shapes are made of.
constexpr std::int64_t kMostNumbers = 256;

struct Value {
  std::string name;
  graph::Type type = graph::Type::fp32;
  Shape shape;
  bool constant = false;
  std::optional<Numbers> numbers;
  std::optional<graph::TensorId> tensor;  ///< Once an operation of the graph reads or writes it.
  Value* quantised = nullptr;             ///< This is its DequantizeLinear.

  /// What matrix units read: in QDQ models the quantised tensor.
  Value& stored() { return quantised ? *quantised : *this; }
};

}  // namespace npulse::importers
