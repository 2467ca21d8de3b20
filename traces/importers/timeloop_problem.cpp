// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/timeloop_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "sim/core/config_parse.h"
#include "traces/graph/shapes.h"

namespace npulse::importers::timeloop {
namespace {

using Kind = ConfigNode::Kind;

struct NamedShape {
  std::vector<std::string> names;
  const char* yaml;
};

/// Shapes that Timeloop has by name; `read`: NVlabs/timeloop, problem-shapes.
const std::vector<NamedShape>& named_shapes() {
  static const std::vector<NamedShape> kShapes{
      {{"cnn-layer", "cnn_layer"},
       "{dimensions: [R, S, P, Q, C, K, N],"
       " coefficients: [{name: Wstride, default: 1}, {name: Hstride, default: 1},"
       " {name: Wdilation, default: 1}, {name: Hdilation, default: 1}],"
       " data_spaces: [{name: Weights, projection: [[[C]], [[K]], [[R]], [[S]]]},"
       " {name: Inputs, projection: [[[N]], [[C]], [[R, Wdilation], [P, Wstride]],"
       " [[S, Hdilation], [Q, Hstride]]]},"
       " {name: Outputs, projection: [[[N]], [[K]], [[Q]], [[P]]], read_write: true}]}"},
      {{"gemm-ABZ", "gemm_ABZ"},
       "{dimensions: [M, N, K],"
       " data_spaces: [{name: A, projection: [[[M]], [[K]]]},"
       " {name: B, projection: [[[N]], [[K]]]},"
       " {name: Z, projection: [[[M]], [[N]]], read_write: true}]}"}};
  return kShapes;
}

class Reader {
 public:
  Reader(const std::string& file, const ImportOptions& options) : file_{file}, options_{options} {}

  Problem read(const ConfigNode& root) {
    const ConfigNode* problem = root.find("problem");
    if (!problem || problem->kind != Kind::map) {
      throw InputError{problem ? problem->origin : file_, "holds no `problem: {...}`",
                       "give a layer's file, not that of an architecture or mapping"};
    }
    problem_.where = problem->key_origin;
    read_name(*problem);
    const ConfigNode* instance = problem->find("instance");
    const ConfigNode shape = shape_of(*problem);
    faults_.throw_if_any();
    read_coefficients(shape, instance ? *instance : *problem);
    read_bounds(shape, instance ? *instance : *problem, instance != nullptr);
    read_spaces(shape);
    faults_.throw_if_any();
    warn_of_rest(*problem);
    return std::move(problem_);
  }

  std::vector<Diagnostic> take_warnings() { return std::move(warnings_); }

 private:
  void read_name(const ConfigNode& problem) {
    problem_.name = std::filesystem::path{file_}.stem().string();
    const ConfigNode* name = problem.find("name");
    if (name && name->kind == Kind::scalar) problem_.name += "." + name->text;
  }

  ConfigNode shape_of(const ConfigNode& problem) {
    const ConfigNode* shape = problem.find("shape");
    if (shape && shape->kind == Kind::map) return *shape;
    const std::string name = shape && shape->kind == Kind::scalar ? shape->text : "cnn-layer";
    if (!shape) warn(problem_.where, "no shape is given; Timeloop takes cnn-layer");
    std::vector<std::string> known;
    for (const NamedShape& entry : named_shapes()) {
      known.insert(known.end(), entry.names.begin(), entry.names.end());
      if (std::find(entry.names.begin(), entry.names.end(), name) == entry.names.end()) continue;
      Faults none;
      auto tree = parse_yaml(entry.yaml, {.name = name, .override = true}, none);
      ensure(tree && none.empty(), "a built-in shape of Timeloop is damaged");
      return *tree;
    }
    fault(*shape, fmt::format("'{}' is no shape of Timeloop; allowed: {}", name, join(known)),
          did_you_mean(name, known));
    return {};
  }

  void read_coefficients(const ConfigNode& shape, const ConfigNode& instance) {
    const ConfigNode* list = shape.find("coefficients");
    if (!list || list->kind == Kind::null) return;
    if (list->kind != Kind::list) return fault(*list, "coefficients must be a list");
    for (const ConfigNode& entry : list->children) {
      const ConfigNode* name = entry.find("name");
      if (!name || name->kind != Kind::scalar) {
        fault(entry, "a coefficient must be {name: N, default: 1}");
        continue;
      }
      const ConfigNode* value = instance.find(name->text);
      if (!value) value = entry.find("default");
      factors_[name->text] = value ? number(*value, graph::kMaxAttribute) : 1;
    }
  }

  void read_bounds(const ConfigNode& shape, const ConfigNode& instance, bool own_map) {
    const ConfigNode* list = shape.find("dimensions");
    if (!list || list->kind != Kind::list) {
      return fault(list ? *list : shape, "a shape must have dimensions: [M, N, ...]");
    }
    std::vector<std::string> missing;
    for (const ConfigNode& name : list->children) {
      if (name.kind != Kind::scalar) {
        fault(name, "a dimension must be a name");
        continue;
      }
      const ConfigNode* bound = instance.find(name.text);
      if (!bound) missing.push_back(name.text);
      problem_.bounds[name.text] = bound ? number(*bound, graph::kMaxDimension) : 1;
    }
    if (!missing.empty() && options_.strict) {
      fault(instance, "no size is given of " + join(missing));
    } else if (!missing.empty()) {
      warn(instance.origin, "no size is given of " + join(missing) + "; 1 is taken");
    }
    if (own_map) warn_of_unused(instance);
  }

  void warn_of_unused(const ConfigNode& instance) {
    std::vector<std::string> unused;
    for (const ConfigNode& entry : instance.children) {
      const bool known = problem_.bounds.contains(entry.key) || factors_.contains(entry.key);
      if (!known && entry.text != "1") unused.push_back(entry.key);
    }
    if (unused.empty()) return;
    warn(instance.origin, "no dimensions or coefficients of the shape, left out: " + join(unused));
  }

  void read_spaces(const ConfigNode& shape) {
    const ConfigNode* list = shape.find("data_spaces");
    if (!list) list = shape.find("data-spaces");
    if (!list || list->kind != Kind::list) {
      return fault(list ? *list : shape, "a shape must have data_spaces: [{name, projection}]");
    }
    for (const ConfigNode& entry : list->children) read_space(entry);
  }

  void read_space(const ConfigNode& entry) {
    const ConfigNode* name = entry.find("name");
    const ConfigNode* projection = entry.find("projection");
    if (!name || name->kind != Kind::scalar || !projection || projection->kind != Kind::list) {
      return fault(entry, "a data space must be {name: N, projection: [[[M]], [[K]]]}");
    }
    DataSpace space{name->text, entry.origin, {}, false};
    for (const char* key : {"read_write", "read-write"}) {
      const ConfigNode* flag = entry.find(key);
      if (flag) space.written = flag->text == "true" || flag->text == "True" || flag->text == "1";
    }
    for (const ConfigNode& rank : projection->children) space.ranks.push_back(rank_of(rank));
    problem_.spaces.push_back(std::move(space));
  }

  Rank rank_of(const ConfigNode& node) {
    Rank rank;
    if (node.kind != Kind::list || node.children.empty()) {
      fault(node, "a rank must be a list of [DIMENSION] or [DIMENSION, COEFFICIENT]");
      return rank;
    }
    for (const ConfigNode& term : node.children) {
      const bool sound = term.kind == Kind::list && !term.children.empty();
      if (!sound || std::any_of(term.children.begin(), term.children.end(),
                                [](const ConfigNode& n) { return n.kind != Kind::scalar; })) {
        fault(term, "a term must be [DIMENSION] or [DIMENSION, COEFFICIENT]");
        continue;
      }
      rank.push_back(term_of(term));
    }
    return rank;
  }

  /// A product of one dimension and any coefficients, in any order.
  Term term_of(const ConfigNode& node) {
    Term term;
    for (const ConfigNode& word : node.children) {
      if (const auto factor = factors_.find(word.text); factor != factors_.end()) {
        const auto both =
            graph::product(std::vector{term.factor, factor->second}, graph::kMaxAttribute);
        if (!both) fault(word, "the product of the coefficients is over 2^24");
        term.factor = both.value_or(1);
      } else if (problem_.bounds.contains(word.text) && term.dimension.empty()) {
        term.dimension = word.text;
      } else {
        fault(word, fmt::format("'{}' is no dimension or coefficient of the shape", word.text),
              did_you_mean(word.text, names()));
      }
    }
    if (term.dimension.empty()) fault(node, "a term must have a dimension");
    return term;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, bound] : problem_.bounds) names.push_back(name);
    for (const auto& [name, factor] : factors_) names.push_back(name);
    return names;
  }

  /// A number, or a name that `--dim` gives a value.
  std::int64_t number(const ConfigNode& node, std::int64_t most) {
    std::int64_t value = 0;
    const char* end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, value);
    if (const auto given = options_.dims.find(node.text); given != options_.dims.end()) {
      value = given->second;
    } else if (node.kind != Kind::scalar || error != std::errc{} || stop != end) {
      fault(node, fmt::format("'{}' is not a number", node.text),
            fmt::format("give its value by --dim {}=N", node.text));
      return 1;
    }
    if (value >= 1 && value <= most) return value;
    fault(node, fmt::format("{} is not between 1 and {}", value, most));
    return 1;
  }

  void warn_of_rest(const ConfigNode& problem) {
    std::vector<std::string> left_out;
    for (const char* key : {"densities", "sparsity"}) {
      if (problem.find(key)) left_out.emplace_back(key);
    }
    if (!left_out.empty()) {
      warn(problem_.where, "left out, the layer is dense: " + join(left_out));
    }
  }

  void fault(const ConfigNode& node, std::string message, std::string hint = {}) {
    faults_.add(node.origin.empty() ? file_ : node.origin, std::move(message), std::move(hint));
  }
  void warn(const std::string& where, std::string message) {
    warnings_.push_back({where, std::move(message), {}});
  }

  const std::string& file_;
  const ImportOptions& options_;
  Problem problem_;
  std::map<std::string, std::int64_t> factors_;  ///< Of the coefficients.
  std::vector<Diagnostic> warnings_;
  Faults faults_;
};

}  // namespace

Problem read_problem(const ConfigNode& root, const std::string& file, const ImportOptions& options,
                     std::vector<Diagnostic>& warnings) {
  Reader reader{file, options};
  Problem problem = reader.read(root);
  for (Diagnostic& warning : reader.take_warnings()) warnings.push_back(std::move(warning));
  return problem;
}

}  // namespace npulse::importers::timeloop
