// SPDX-License-Identifier: Apache-2.0
// Symbolic dimensions of an ONNX file, and the values that the user gives them.
#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/core/error.h"
#include "traces/importers/onnx/proto.h"

namespace npulse::importers {

class Symbols {
 public:
  Symbols(std::string path, const std::map<std::string, std::int64_t>& given)
      : path_{std::move(path)}, given_{given} {}

  /// Of an input of the graph; dimensions without a name are called `input.0`, `input.1`, ...
  /// Faults, also those that name a missing symbol, wait for check().
  Value input(const ::onnx::ValueInfoProto& info);
  /// Absent when the file leaves something open.
  std::optional<Value> declared(const ::onnx::ValueInfoProto& info) const;
  /// Throws InputError: inputs that are no tensors, symbols without values, values without symbols.
  void check();

 private:
  std::optional<std::int64_t> value_of(const std::string& symbol) const;
  std::int64_t dimension(const ::onnx::TensorShapeProto::Dimension& dim, const std::string& place);

  std::string path_;
  const std::map<std::string, std::int64_t>& given_;
  std::set<std::string> symbols_;
  Faults faults_;
};

}  // namespace npulse::importers
