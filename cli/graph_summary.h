// SPDX-License-Identifier: Apache-2.0
// What a graph holds, for `npulse import` and `npulse info`.
#pragma once

#include <nlohmann/json.hpp>

#include "traces/graph/graph.h"

namespace npulse::cli {

nlohmann::ordered_json graph_json(const graph::Graph& graph);
void print_graph(const graph::Graph& graph);

}  // namespace npulse::cli
