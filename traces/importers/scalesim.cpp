// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/scalesim.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "sim/core/file_text.h"
#include "traces/graph/check.h"
#include "traces/graph/shapes.h"
#include "traces/graph/text.h"
#include "traces/importers/scalesim_topology.h"

namespace npulse::importers {
namespace {

using namespace scalesim;
using graph::Shape;
using graph::TensorId;

/// Turns layers into nodes, one a layer and one more where shapes of linked layers differ.
class Builder {
 public:
  explicit Builder(std::string name) { graph_.name = std::move(name); }

  void add(const Layer& layer) {
    const std::string name = unique(layer.name.empty() ? "layer" : layer.name);
    const bool product = layer.kind == Layer::Kind::gemm || layer.kind == Layer::Kind::gemv;
    if (product) {
      add_product(layer, name);
    } else {
      add_window(layer, name);
    }
  }

  graph::Graph finish() {
    for (const TensorId id : outputs_) {
      if (!read_.contains(id)) graph_.outputs.push_back(id);
    }
    return std::move(graph_);
  }

 private:
  void add_product(const Layer& layer, const std::string& name) {
    const auto batched = [&](std::int64_t rows, std::int64_t columns) {
      return layer.batch == 1 ? Shape{rows, columns} : Shape{layer.batch, rows, columns};
    };
    const bool gemv = layer.kind == Layer::Kind::gemv;
    const Shape a = batched(layer.m, layer.k), b = batched(layer.k, layer.n);
    const TensorId input = operand(layer, name, gemv ? b : a);
    const TensorId weights = tensor(name + ".weights", gemv ? a : b, true);
    const auto operands = gemv ? std::vector{weights, input} : std::vector{input, weights};
    node(layer, name, graph::Matmul{}, operands, batched(layer.m, layer.n));
  }

  void add_window(const Layer& layer, const std::string& name) {
    const auto [rows, bottom] = positions(layer.height, layer.kernel_height, layer.stride);
    const auto [columns, right] = positions(layer.width, layer.kernel_width, layer.stride);
    const TensorId input =
        operand(layer, name, {layer.batch, layer.channels, layer.height, layer.width});
    const std::array<std::int64_t, 4> pads{0, 0, bottom, right};
    if (layer.kind == Layer::Kind::pool) {
      const graph::Pool pool{graph::PoolKind::max,
                             {layer.kernel_height, layer.kernel_width},
                             {layer.stride, layer.stride},
                             pads};
      return node(layer, name, pool, {input}, {layer.batch, layer.channels, rows, columns});
    }
    // SCALE-Sim expands a depthwise layer of c channels into c layers, each with all filters.
    const bool depthwise = layer.kind == Layer::Kind::depthwise;
    const std::int64_t groups = depthwise ? layer.channels : 1;
    const graph::Conv conv{{layer.stride, layer.stride}, {1, 1}, pads, groups, false, {}};
    const Shape kernels{layer.filters * groups, layer.channels / groups, layer.kernel_height,
                        layer.kernel_width};
    const TensorId weights = tensor(name + ".weights", kernels, true);
    node(layer, name, conv, {input, weights}, {layer.batch, kernels[0], rows, columns});
  }

  /// Positions of a window that SCALE-Sim counts, and the padding that makes them whole: it rounds
  /// up where a part of a stride is left.
  static std::pair<std::int64_t, std::int64_t> positions(std::int64_t length, std::int64_t kernel,
                                                         std::int64_t stride) {
    const std::int64_t steps = (length - kernel + stride - 1) / stride;
    return {steps + 1, steps * stride + kernel - length};
  }

  TensorId operand(const Layer& layer, const std::string& name, const Shape& shape) {
    TensorId id = 0;
    if (layer.input.kind == Link::Kind::fresh) {
      id = tensor(name + ".in", shape, false);
      graph_.inputs.push_back(id);
    } else {
      const bool output = layer.input.kind == Link::Kind::output_of;
      id = adapted(layer, name, (output ? outputs_ : inputs_).at(layer.input.layer), shape);
    }
    inputs_.push_back(id);
    return id;
  }

  /// What the layers between two linked ones, of which the file knows nothing, make of the shape.
  TensorId adapted(const Layer& layer, const std::string& name, TensorId from, const Shape& shape) {
    const Shape& given = graph_.tensors[from].shape;
    read_.insert(from);
    if (given == shape) return from;
    const auto before = graph::product(given, graph::kMaxElements);
    const auto after = graph::product(shape, graph::kMaxElements);
    const char* kind = before == after ? "reshape" : after > before ? "pad" : "slice";
    const TensorId to = tensor(name + ".in", shape, false);
    graph_.nodes.push_back(
        {unique(name + "." + kind), graph::Layout{kind, {}}, {from}, {to}, layer.where});
    return to;
  }

  TensorId tensor(const std::string& name, const Shape& shape, bool constant) {
    graph_.tensors.push_back({name, graph::Type::i8, shape, constant});
    return graph_.tensors.size() - 1;
  }

  void node(const Layer& layer, const std::string& name, graph::Operation operation,
            std::vector<TensorId> inputs, const Shape& shape) {
    outputs_.push_back(tensor(name + ".out", shape, false));
    graph_.nodes.push_back(
        {name, std::move(operation), std::move(inputs), {outputs_.back()}, layer.where});
  }

  /// Files repeat names; the second `fc` becomes `fc#2`.
  std::string unique(const std::string& name) {
    if (names_.insert(name).second) return name;
    std::int64_t& count = repeats_[name];
    std::string other;
    do {
      other = fmt::format("{}#{}", name, ++count + 1);
    } while (!names_.insert(other).second);
    return other;
  }

  graph::Graph graph_;
  std::vector<TensorId> inputs_, outputs_;  ///< Of the layers.
  std::set<TensorId> read_;
  std::set<std::string> names_;
  std::map<std::string, std::int64_t> repeats_;
};

void require_utf8(const std::string& text, const std::string& file) {
  const auto at = graph::first_malformed(text);
  if (!at) return;
  throw InputError{graph::place_in(text, *at, file), "the text is not UTF-8",
                   "save the file as UTF-8"};
}

}  // namespace

Imported import_scalesim_text(const std::string& text, const std::string& file,
                              const ImportOptions& options) {
  require_utf8(text, file);
  Topology topology = parse_topology(text, file, options.strict);
  Builder builder{std::filesystem::path{file}.stem().string()};
  for (const Layer& layer : topology.layers) builder.add(layer);
  graph::Graph graph = builder.finish();
  graph::check(graph, file);
  return {std::move(graph), std::move(topology.warnings)};
}

Imported import_scalesim(const std::string& path, const ImportOptions& options) {
  return import_scalesim_text(read_whole(path), path, options);
}

}  // namespace npulse::importers
