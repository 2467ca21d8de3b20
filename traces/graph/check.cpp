// SPDX-License-Identifier: Apache-2.0
#include "traces/graph/check.h"

#include <fmt/format.h>

#include <set>

#include "sim/core/error.h"
#include "traces/graph/counts.h"
#include "traces/graph/shape_rules.h"
#include "traces/graph/text.h"

namespace npulse::graph {
namespace {

bool multiplies(const Operation& operation) {
  return std::holds_alternative<Conv>(operation) || std::holds_alternative<Matmul>(operation) ||
         std::holds_alternative<Attention>(operation);
}

/// Layout operations that move elements as they are; others may convert or make new ones.
bool keeps_type(const Operation& operation) {
  const auto* layout = std::get_if<Layout>(&operation);
  if (!layout) return std::holds_alternative<Pool>(operation);
  static const std::set<std::string> kKinds{"reshape", "transpose", "concat", "split", "slice"};
  return kKinds.contains(layout->kind);
}

class Checker {
 public:
  Checker(const Graph& graph, const std::string& file)
      : graph_{graph}, prefix_{file.empty() ? "" : file + ": "}, made_(graph.tensors.size()) {}

  void run() {
    tensors();
    interface();
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) node(i);
    makers();
    faults_.throw_if_any();
  }

 private:
  template <class... Args>
  void fault(const std::string& where, fmt::format_string<Args...> text, Args&&... args) {
    faults_.add(prefix_ + where, fmt::format(text, std::forward<Args>(args)...));
  }

  std::string place(const char* list, std::size_t i, const std::string& name) const {
    return fmt::format("{}.{} '{}'", list, i, first_malformed(name) ? "" : name);
  }

  void name(const std::string& where, const std::string& name, std::set<std::string>& taken) {
    if (name.empty()) fault(where, "has no name");
    if (first_malformed(name)) fault(where, "the name is not UTF-8");
    if (!name.empty() && !taken.insert(name).second) fault(where, "the name is taken already");
  }

  void tensors() {
    std::set<std::string> taken;
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      const Tensor& tensor = graph_.tensors[i];
      const std::string where = place("tensors", i, tensor.name);
      name(where, tensor.name, taken);
      size(where, tensor);
    }
  }

  void size(const std::string& where, const Tensor& tensor) {
    const std::size_t before = faults_.size();
    for (const std::int64_t dimension : tensor.shape) {
      const std::int64_t least = tensor.constant ? 0 : 1;
      if (dimension < least || dimension > kMaxDimension) {
        fault(where, "dimension {} is not between {} and {}", dimension, least, kMaxDimension);
      }
    }
    if (faults_.size() == before && !product(tensor.shape, kMaxElements)) {
      fault(where, "{} has more than 2^48 elements", shape_text(tensor.shape));
    }
    sizes_sound_ = sizes_sound_ && faults_.size() == before;
    if (sizes_sound_) grow(bits_, bytes_of(tensor).count() * 8, where, "bits");
  }

  void grow(std::int64_t& total, std::int64_t more, const std::string& where, const char* what) {
    if (more > kMaxTotal - total) return fault(where, "the graph has more than 2^60 {}", what);
    total += more;
  }

  void interface() {
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      const std::string where = fmt::format("inputs.{}", i);
      if (exists(where, graph_.inputs[i])) make(where, graph_.inputs[i]);
    }
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      exists(fmt::format("outputs.{}", i), graph_.outputs[i]);
    }
  }

  bool exists(const std::string& where, TensorId id) {
    if (id < graph_.tensors.size()) return true;
    fault(where, "tensor {} does not exist, there are {}", id, graph_.tensors.size());
    return false;
  }

  void make(const std::string& where, TensorId id) {
    const Tensor& tensor = graph_.tensors[id];
    if (tensor.constant) fault(where, "'{}' is a constant and cannot be made", tensor.name);
    if (made_[id]) fault(where, "'{}' is made twice", tensor.name);
    made_[id] = true;
  }

  void node(std::size_t i) {
    const Node& node = graph_.nodes[i];
    std::string where = place("nodes", i, node.name);
    if (!node.source.empty() && !first_malformed(node.source)) where += " (" + node.source + ")";
    name(where, node.name, node_names_);
    if (first_malformed(node.source)) fault(where, "the source is not UTF-8");
    const std::size_t before = faults_.size();
    reads_and_writes(where, node);
    if (faults_.size() == before && sizes_sound_) shapes_and_types(where, node);
  }

  void reads_and_writes(const std::string& where, const Node& node) {
    if (node.outputs.empty()) fault(where, "has no output");
    for (const TensorId id : node.inputs) {
      if (!exists(where, id)) continue;
      const Tensor& tensor = graph_.tensors[id];
      if (!tensor.constant && !made_[id]) fault(where, "reads '{}' before it is made", tensor.name);
    }
    for (const TensorId id : node.outputs) {
      if (exists(where, id)) make(where, id);
    }
  }

  void shapes_and_types(const std::string& where, const Node& node) {
    try {
      check_shapes(node.operation, shapes(node.inputs), shapes(node.outputs));
    } catch (const ShapeFault& wrong) {
      return fault(where, "{}", wrong.message);
    }
    const auto macs = macs_of(graph_, node);
    grow(macs_, macs.value_or(kMaxTotal + 1), where, "multiplications");
    types(where, node);
  }

  std::vector<Shape> shapes(const std::vector<TensorId>& ids) const {
    std::vector<Shape> shapes;
    for (const TensorId id : ids) shapes.push_back(graph_.tensors[id].shape);
    return shapes;
  }

  void types(const std::string& where, const Node& node) {
    if (multiplies(node.operation)) {
      for (const TensorId id : {node.inputs[0], node.inputs[1]}) {
        const Tensor& tensor = graph_.tensors[id];
        if (tensor.type == Type::i1) fault(where, "multiplies '{}' of type i1", tensor.name);
      }
    }
    if (!keeps_type(node.operation) || node.inputs.empty()) return;
    const Tensor &in = graph_.tensors[node.inputs[0]], &out = graph_.tensors[node.outputs[0]];
    if (in.type != out.type) {
      fault(where, "moves elements as they are, but '{}' is {} and '{}' is {}", in.name,
            to_string(in.type), out.name, to_string(out.type));
    }
  }

  void makers() {
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      const Tensor& tensor = graph_.tensors[i];
      if (tensor.constant || made_[i]) continue;
      fault(place("tensors", i, tensor.name),
            "nothing makes it: it is neither a constant, nor an input, nor the output of a node");
    }
  }

  const Graph& graph_;
  std::string prefix_;
  std::vector<bool> made_;
  std::set<std::string> node_names_;
  std::int64_t bits_ = 0, macs_ = 0;
  bool sizes_sound_ = true;
  Faults faults_;
};

}  // namespace

void check(const Graph& graph, const std::string& file) {
  Checker{graph, file}.run();
}

}  // namespace npulse::graph
