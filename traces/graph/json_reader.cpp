// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "traces/graph/check.h"
#include "traces/graph/fields.h"
#include "traces/graph/json.h"
#include "traces/graph/json_value.h"
#include "traces/graph/text.h"

namespace npulse::graph {
namespace {

std::string dotted(const std::string& parent, const std::string& key) {
  return parent.empty() ? key : parent + "." + key;
}

/// The members of one object: each is asked for by its key, and at the end none may be left over.
class ObjectReader {
 public:
  ObjectReader(const Json& json, std::string path, ValueReader& values)
      : json_{json}, path_{std::move(path)}, values_{values} {
    if (!json.is_object()) values.fault(path_, "must be an object {...}");
  }

  template <class T>
  void member(const char* key, T& out, Need need = Need::optional) {
    if (const Json* value = find(key, need)) values_.read(*value, dotted(path_, key), out);
  }

  const Json* find(const char* key, Need need) {
    keys_.emplace_back(key);
    if (!json_.is_object()) return nullptr;
    const auto found = json_.find(key);
    if (found != json_.end()) return &*found;
    if (need == Need::required) values_.fault(dotted(path_, key), "is missing");
    return nullptr;
  }

  void refuse_others() {
    if (!json_.is_object()) return;
    for (const auto& [key, value] : json_.items()) {
      if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) {
        values_.unknown(dotted(path_, key), key, keys_);
      }
    }
  }

 private:
  const Json& json_;
  std::string path_;
  ValueReader& values_;
  std::vector<std::string> keys_;
};

/// Reads the fields of one operation.
template <class Op>
class FieldReader {
 public:
  FieldReader(Op& operation, ObjectReader& object) : operation_{operation}, object_{object} {}

  template <class T>
  void operator()(const char* key, T Op::*member, Need need = Need::optional) {
    object_.member(key, operation_.*member, need);
  }

 private:
  Op& operation_;
  ObjectReader& object_;
};

class GraphReader {
 public:
  explicit GraphReader(const std::string& file) : values_{file, faults_} {}

  Graph read(const Json& json) {
    ObjectReader top{json, "", values_};
    version(top);
    top.member("name", graph_.name, Need::required);
    items(top, "tensors", &GraphReader::tensor);
    for (const Tensor& tensor : graph_.tensors) names_.push_back(tensor.name);
    for (std::size_t i = 0; i < names_.size(); ++i) ids_.emplace(names_[i], i);
    graph_.inputs = references(top, "", "inputs");
    graph_.outputs = references(top, "", "outputs");
    items(top, "nodes", &GraphReader::node);
    top.refuse_others();
    faults_.throw_if_any();
    return std::move(graph_);
  }

 private:
  void version(ObjectReader& top) {
    std::int64_t version = kJsonVersion;
    top.member("npulse_graph", version, Need::required);
    if (version == kJsonVersion) return;
    values_.fault("npulse_graph",
                  fmt::format("version {} is not known; known: {}", version, kJsonVersion));
  }

  void items(ObjectReader& top, const char* key,
             void (GraphReader::*one)(const Json&, const std::string&)) {
    const Json* list = top.find(key, Need::required);
    if (list && !list->is_array()) return values_.fault(key, "must be a list [...]");
    for (std::size_t i = 0; list && i < list->size(); ++i) {
      (this->*one)((*list)[i], fmt::format("{}.{}", key, i));
    }
  }

  void tensor(const Json& json, const std::string& path) {
    ObjectReader object{json, path, values_};
    Tensor tensor;
    object.member("name", tensor.name, Need::required);
    object.member("type", tensor.type, Need::required);
    object.member("shape", tensor.shape, Need::required);
    object.member("constant", tensor.constant);
    object.refuse_others();
    graph_.tensors.push_back(std::move(tensor));
  }

  void node(const Json& json, const std::string& path) {
    ObjectReader object{json, path, values_};
    Node node;
    std::string operation;
    object.member("name", node.name, Need::required);
    object.member("op", operation, Need::required);
    node.inputs = references(object, path, "inputs");
    node.outputs = references(object, path, "outputs");
    object.member("source", node.source);
    if (read_operation(object, operation, node.operation)) {
      object.refuse_others();
    } else if (!operation.empty()) {
      std::vector<std::string> names;
      for_each_operation([&](auto tag) { names.emplace_back(operation_name(tag)); });
      values_.unknown(path + ".op", operation, names);
    }
    graph_.nodes.push_back(std::move(node));
  }

  /// False when no operation has that name.
  static bool read_operation(ObjectReader& object, const std::string& name, Operation& operation) {
    bool known = false;
    for_each_operation([&]<class Op>(Tag<Op> tag) {
      if (name != operation_name(tag)) return;
      known = true;
      FieldReader<Op> reader{operation.emplace<Op>(), object};
      describe(reader, tag);
    });
    return known;
  }

  std::vector<TensorId> references(ObjectReader& object, const std::string& path, const char* key) {
    std::vector<std::string> names;
    object.member(key, names, Need::required);
    std::vector<TensorId> ids;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto found = ids_.find(names[i]);
      if (found != ids_.end()) {
        ids.push_back(found->second);
      } else {
        values_.fault(fmt::format("{}.{}", dotted(path, key), i),
                      fmt::format("no tensor is named '{:.60}'", names[i]),
                      values_.guess(names[i], names_));
      }
    }
    return ids;
  }

  Faults faults_;
  ValueReader values_;
  Graph graph_;
  std::vector<std::string> names_;
  std::map<std::string, TensorId> ids_;
};

/// Notes keys that stand twice in one object: the parser itself keeps one silently.
class DuplicateWatch {
 public:
  DuplicateWatch(const std::string& file, Faults& faults) : file_{file}, faults_{faults} {}

  bool operator()(Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key &&
        !open_.back().insert(parsed.get<std::string>()).second) {
      faults_.add(file_, fmt::format("key {:.60} stands twice in one object", parsed.dump()));
    }
    return true;
  }

 private:
  const std::string& file_;
  Faults& faults_;
  std::vector<std::set<std::string>> open_;
};

Json parse(const std::string& text, const std::string& file) {
  Faults faults;
  DuplicateWatch watch{file, faults};
  Json json;
  try {
    json = Json::parse(
        text, [&](int, Json::parse_event_t event, Json& parsed) { return watch(event, parsed); });
  } catch (const Json::parse_error& error) {
    const std::size_t byte = error.byte > 0 ? error.byte - 1 : 0;
    const std::string what = error.what();
    const std::size_t cause = what.find("syntax error");
    throw InputError{place_in(text, byte, file),
                     cause == std::string::npos ? "not JSON: " + what : what.substr(cause)};
  } catch (const Json::exception& error) {  // numbers out of range
    throw InputError{file, error.what()};
  }
  faults.throw_if_any();
  return json;
}

}  // namespace

Graph read_json(const std::string& text, const std::string& file) {
  Graph graph = GraphReader{file}.read(parse(text, file));
  check(graph, file);
  return graph;
}

Graph load_json(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    throw InputError{path, "cannot be read", "check that the file exists and is readable"};
  }
  return read_json(text.str(), path);
}

}  // namespace npulse::graph
