// SPDX-License-Identifier: Apache-2.0
#include "cli/graph_summary.h"

#include <fmt/format.h>

#include <map>

#include "sim/core/text_table.h"
#include "traces/graph/counts.h"
#include "traces/graph/fields.h"

namespace npulse::cli {
namespace {

struct Share {
  std::int64_t nodes = 0, macs = 0;
};

/// By operation, of opaque ones by what they are.
std::map<std::string, Share> shares(const graph::Graph& graph) {
  std::map<std::string, Share> shares;
  for (const graph::Node& node : graph.nodes) {
    std::string name = graph::name_of(node.operation);
    if (const auto* opaque = std::get_if<graph::Opaque>(&node.operation)) {
      name += " " + opaque->kind;
    }
    Share& share = shares[name];
    ++share.nodes;
    share.macs += graph::count(graph, node).macs;
  }
  return shares;
}

}  // namespace

nlohmann::ordered_json graph_json(const graph::Graph& graph) {
  const graph::Counts total = graph::count(graph);
  nlohmann::ordered_json json{{"name", graph.name},
                              {"layers", graph.nodes.size()},
                              {"macs", total.macs},
                              {"parameters", total.parameters},
                              {"weight_bytes", total.weights.count()},
                              {"activation_bytes", total.activations.count()},
                              {"operations", nlohmann::ordered_json::object()}};
  for (const auto& [name, share] : shares(graph)) {
    json["operations"][name] = {{"layers", share.nodes}, {"macs", share.macs}};
  }
  return json;
}

void print_graph(const graph::Graph& graph) {
  const graph::Counts total = graph::count(graph);
  const auto line = [](const char* what, std::int64_t value, const char* unit) {
    fmt::print("  {:<12}{} ({})\n", what, scaled(static_cast<double>(value), unit), value);
  };
  fmt::print("{}: {} layers\n", graph.name, graph.nodes.size());
  line("multiplies", total.macs, "MAC");
  line("parameters", total.parameters, "");
  line("weights", total.weights.count(), "B");
  line("activations", total.activations.count(), "B");
  TextTable table{{"operation", "layers", "MAC"}};
  for (const auto& [name, share] : shares(graph)) {
    table.row({name, std::to_string(share.nodes), std::to_string(share.macs)});
  }
  fmt::print("\n{}", table.text());
}

}  // namespace npulse::cli
