// SPDX-License-Identifier: Apache-2.0
// Importers of operators, one table for a family; a new operator is one function and one entry.
#pragma once

#include <span>

#include "traces/importers/onnx/node_import.h"

namespace npulse::importers {

struct Operator {
  const char* name;  ///< As in op_type; of ONNX itself or of ONNX Runtime (com.microsoft).
  void (*import)(NodeImport& node);
};

std::span<const Operator> attention_operators();
std::span<const Operator> conv_operators();
std::span<const Operator> elementwise_operators();
std::span<const Operator> layout_operators();
std::span<const Operator> matmul_operators();
std::span<const Operator> norm_operators();
std::span<const Operator> pool_operators();
std::span<const Operator> quantised_operators();
std::span<const Operator> reduce_operators();
std::span<const Operator> select_operators();
std::span<const Operator> source_operators();

/// Absent for operators, domains and functions that we do not know.
const Operator* find_operator(const ::onnx::NodeProto& node);

}  // namespace npulse::importers
