// SPDX-License-Identifier: Apache-2.0
// Shape arithmetic: what small constant tensors hold, so that shapes computed in the model come
// out.
#pragma once

#include "traces/importers/onnx/node_import.h"

namespace npulse::importers {

/// The numbers of the node's first output, if those of its inputs are known and it is an operator
/// that exporters compute shapes with.
std::optional<Numbers> fold(const NodeImport& node, const Value& output);

}  // namespace npulse::importers
