// SPDX-License-Identifier: Apache-2.0
// The protobuf schema of ONNX, and what its messages mean to us.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <onnx/onnx_pb.h>
#pragma GCC diagnostic pop

#include "traces/importers/onnx/value.h"

namespace npulse::importers {

/// TensorProto.DataType, by number: newer files use numbers that an older schema has no name for.
/// Absent: strings, complex numbers and what is unknown.
std::optional<graph::Type> type_of(std::int32_t data_type);

Shape shape_of(const ::onnx::TensorProto& tensor);

/// The numbers in a small tensor, when they are in the file and of a type that shapes are made of.
std::optional<Numbers> numbers_of(const ::onnx::TensorProto& tensor);

/// `name`, or by operator and place when a node has none.
std::string name_of(const ::onnx::NodeProto& node, std::size_t index);

}  // namespace npulse::importers
