// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx/ops.h"

#include <string_view>

namespace npulse::importers {

namespace {

std::map<std::string_view, const Operator*> by_name() {
  std::map<std::string_view, const Operator*> table;
  for (const auto family :
       {attention_operators(), conv_operators(), elementwise_operators(), layout_operators(),
        matmul_operators(), norm_operators(), pool_operators(), quantised_operators(),
        reduce_operators(), select_operators(), source_operators()}) {
    for (const Operator& entry : family) table[entry.name] = &entry;
  }
  return table;
}

}  // namespace

const Operator* find_operator(const ::onnx::NodeProto& node) {
  static const auto kTable = by_name();
  const std::string& domain = node.domain();
  if (!domain.empty() && domain != "ai.onnx" && domain != "com.microsoft") return nullptr;
  const auto found = kTable.find(node.op_type());
  return found == kTable.end() ? nullptr : found->second;
}

}  // namespace npulse::importers
