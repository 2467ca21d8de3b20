// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx/order.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <queue>
#include <set>

#include "sim/core/error.h"

namespace npulse::importers {

namespace {

/// Who reads whom, by places in the file.
class Dependences {
 public:
  Dependences(const ::onnx::GraphProto& graph, const std::string& path)
      : graph_{graph}, path_{path} {
    for (int i = 0; i < graph.node_size(); ++i) note_outputs(static_cast<std::size_t>(i));
    for (int i = 0; i < graph.node_size(); ++i) note_inputs(static_cast<std::size_t>(i));
  }

  std::vector<std::size_t> order() {
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      if (before_[i].empty()) ready.push(i);
    }
    std::vector<std::size_t> order;
    while (!ready.empty()) {
      const std::size_t next = ready.top();
      ready.pop();
      order.push_back(next);
      for (const std::size_t reader : readers_[next]) {
        before_[reader].erase(next);
        if (before_[reader].empty()) ready.push(reader);
      }
    }
    if (order.size() < before_.size()) report_cycle();
    return order;
  }

 private:
  const ::onnx::NodeProto& node(std::size_t i) const { return graph_.node(static_cast<int>(i)); }
  std::string where(std::size_t i) const {
    return fmt::format("{}: node '{}' ({})", path_, name_of(node(i), i), node(i).op_type());
  }

  void note_outputs(std::size_t i) {
    for (const auto& name : node(i).output()) {
      if (name.empty() || makers_.emplace(name, i).second) continue;
      throw InputError{where(i), fmt::format("makes '{}', which node '{}' makes already", name,
                                             name_of(node(makers_[name]), makers_[name]))};
    }
  }

  void note_inputs(std::size_t i) {
    for (const auto& name : node(i).input()) {
      const auto maker = makers_.find(name);
      if (maker == makers_.end()) continue;
      if (before_[i].insert(maker->second).second) readers_[maker->second].push_back(i);
    }
  }

  /// Goes back from a node that is never ready until one comes again.
  [[noreturn]] void report_cycle() const {
    std::size_t at = 0;
    while (before_[at].empty()) ++at;
    for (std::set<std::size_t> seen; seen.insert(at).second;) at = *before_[at].begin();
    throw InputError{where(at), "reads what is computed from its own output",
                     "a graph of ONNX has no cycles; use Loop or Scan"};
  }

  const ::onnx::GraphProto& graph_;
  const std::string& path_;
  std::map<std::string, std::size_t> makers_;
  std::vector<std::set<std::size_t>> before_{static_cast<std::size_t>(graph_.node_size())};
  std::vector<std::vector<std::size_t>> readers_{static_cast<std::size_t>(graph_.node_size())};
};

}  // namespace

std::vector<std::size_t> order_of(const ::onnx::GraphProto& graph, const std::string& path) {
  return Dependences{graph, path}.order();
}

}  // namespace npulse::importers
