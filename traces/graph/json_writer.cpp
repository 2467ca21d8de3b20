// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "traces/graph/fields.h"
#include "traces/graph/json.h"

namespace npulse::graph {
namespace {

using Json = nlohmann::ordered_json;

template <NamedEnum E>
Json value_json(E value) {
  return to_string(value);
}
template <class T>
requires(!NamedEnum<T>) Json value_json(const T& value) {
  return value;
}

/// Puts the fields of one operation into an object.
template <class Op>
class FieldWriter {
 public:
  FieldWriter(const Op& operation, Json& json) : operation_{operation}, json_{json} {}

  template <class T>
  void operator()(const char* key, T Op::*member, Need need = Need::optional) {
    if (need == Need::required || operation_.*member != Op{}.*member) {
      json_[key] = value_json(operation_.*member);
    }
  }

 private:
  const Op& operation_;
  Json& json_;
};

class Writer {
 public:
  Writer(const Graph& graph, std::ostream& out) : graph_{graph}, out_{out} {}

  void run() {
    out_ << "{\n\"npulse_graph\": " << kJsonVersion << ",\n\"name\": " << Json(graph_.name).dump()
         << ",\n\"inputs\": " << names(graph_.inputs).dump()
         << ",\n\"outputs\": " << names(graph_.outputs).dump() << ",\n";
    list("tensors", graph_.tensors);
    out_ << ",\n";
    list("nodes", graph_.nodes);
    out_ << "\n}\n";
  }

 private:
  template <class T>
  void list(const char* key, const std::vector<T>& items) {
    out_ << "\"" << key << "\": [";
    for (std::size_t i = 0; i < items.size(); ++i) {
      out_ << (i == 0 ? "\n  " : ",\n  ") << json(items[i]).dump();
    }
    out_ << "\n]";
  }

  Json names(const std::vector<TensorId>& ids) const {
    Json list = Json::array();
    for (const TensorId id : ids) list.push_back(graph_.tensors.at(id).name);
    return list;
  }

  Json json(const Tensor& tensor) const {
    Json json{{"name", tensor.name}, {"type", to_string(tensor.type)}, {"shape", tensor.shape}};
    if (tensor.constant) json["constant"] = true;
    return json;
  }

  Json json(const Node& node) const {
    Json json{{"name", node.name},
              {"op", name_of(node.operation)},
              {"inputs", names(node.inputs)},
              {"outputs", names(node.outputs)}};
    std::visit(
        [&]<class Op>(const Op& operation) {
          FieldWriter<Op> writer{operation, json};
          describe(writer, Tag<Op>{});
        },
        node.operation);
    if (!node.source.empty()) json["source"] = node.source;
    return json;
  }

  const Graph& graph_;
  std::ostream& out_;
};

}  // namespace

void write_json(const Graph& graph, std::ostream& out) {
  Writer{graph, out}.run();
}

}  // namespace npulse::graph
