// SPDX-License-Identifier: Apache-2.0
// An order in which an ONNX graph's nodes can be done.
#pragma once

#include <string>
#include <vector>

#include "traces/importers/onnx/proto.h"

namespace npulse::importers {

/// As in the file where that is possible. Throws InputError, at `path`, for a cycle and for names
/// made twice.
std::vector<std::size_t> order_of(const ::onnx::GraphProto& graph, const std::string& path);

}  // namespace npulse::importers
