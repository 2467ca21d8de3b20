// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/timeloop.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sim/core/file_text.h"
#include "traces/graph/check.h"
#include "traces/graph/shapes.h"
#include "traces/graph/text.h"
#include "traces/importers/timeloop_layer.h"

namespace npulse::importers {
namespace {

using namespace timeloop;
using graph::Shape;
using graph::TensorId;

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{4} << 20;

class Builder {
 public:
  void add(const Problem& problem) {
    const Layer layer = layer_of(problem);
    if (layer.slides) {
      add_conv(problem, layer);
    } else {
      add_product(problem, layer);
    }
  }

  std::size_t layers() const { return graph_.nodes.size(); }

  graph::Graph finish(const std::string& name, const std::string& file) {
    graph_.name = name;
    graph::check(graph_, file);
    return std::move(graph_);
  }

 private:
  void add_conv(const Problem& problem, const Layer& layer) {
    const auto length = [&](std::size_t i) {
      return (layer.positions[i] - 1) * layer.stride[i] +
             (layer.kernel[i] - 1) * layer.dilation[i] + 1;
    };
    const graph::Conv conv{layer.stride, layer.dilation, {}, layer.groups, false, {}};
    const std::int64_t filters = size(problem, {layer.groups, layer.filters});
    put(problem, conv,
        {layer.batch, size(problem, {layer.groups, layer.channels}), length(0), length(1)},
        {filters, layer.channels, layer.kernel[0], layer.kernel[1]},
        {layer.batch, filters, layer.positions[0], layer.positions[1]});
  }

  void add_product(const Problem& problem, const Layer& layer) {
    const std::int64_t rows = size(problem, {layer.batch, layer.positions[0], layer.positions[1]});
    const auto matrix = [&](std::int64_t m, std::int64_t n) {
      return layer.groups == 1 ? Shape{m, n} : Shape{layer.groups, m, n};
    };
    put(problem, graph::Matmul{}, matrix(rows, layer.channels),
        matrix(layer.channels, layer.filters), matrix(rows, layer.filters));
  }

  static std::int64_t size(const Problem& problem, const std::vector<std::int64_t>& factors) {
    const auto size = graph::product(factors, graph::kMaxDimension);
    if (!size) throw InputError{problem.where, "the product of its dimensions is over 2^32"};
    return *size;
  }

  void put(const Problem& problem, graph::Operation operation, Shape x, Shape weights,
           Shape output) {
    const TensorId first = graph_.tensors.size();
    graph_.tensors.push_back({problem.name + ".in", graph::Type::i8, std::move(x), false});
    graph_.tensors.push_back(
        {problem.name + ".weights", graph::Type::i8, std::move(weights), true});
    graph_.tensors.push_back({problem.name + ".out", graph::Type::i8, std::move(output), false});
    graph_.inputs.push_back(first);
    graph_.outputs.push_back(first + 2);
    graph_.nodes.push_back(
        {problem.name, std::move(operation), {first, first + 1}, {first + 2}, problem.where});
  }

  graph::Graph graph_;
};

ConfigNode read_tree(const std::string& text, const std::string& file,
                     const ReadInclude& read_include) {
  if (const auto at = graph::first_malformed(text)) {
    throw InputError{graph::place_in(text, *at, file), "the text is not UTF-8",
                     "save the file as UTF-8"};
  }
  return read_document(text, file, read_include);
}

std::string read_yaml(const std::string& path) {
  return read_whole(path, kMaxFileBytes);
}

/// Layers in the order of their files' names.
Imported import_folder(const std::string& folder, const ImportOptions& options) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const auto ending = entry.path().extension();
    if (ending == ".yaml" || ending == ".yml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  Builder builder;
  Imported imported;
  Faults faults;
  for (const std::string& file : files) {
    try {
      const ConfigNode tree = read_tree(read_yaml(file), file, read_yaml);
      if (tree.find("problem")) {
        builder.add(read_problem(tree, file, options, imported.warnings));
      } else {
        imported.warnings.push_back({file, "holds no `problem` and is left out", {}});
      }
    } catch (const InputError& error) {
      for (const Diagnostic& fault : error.faults()) {
        faults.add(fault.where, fault.message, fault.hint);
      }
    }
  }
  faults.throw_if_any();
  if (builder.layers() == 0) throw InputError{folder, "no .yaml file in it holds a `problem`"};
  const auto name = std::filesystem::path{folder}.lexically_normal();
  imported.product =
      builder.finish((name.has_filename() ? name : name.parent_path()).filename().string(), folder);
  return imported;
}

}  // namespace

Imported import_timeloop_text(const std::string& text, const std::string& file,
                              const ImportOptions& options, const ReadInclude& read_include) {
  Imported imported;
  Builder builder;
  builder.add(read_problem(read_tree(text, file, read_include), file, options, imported.warnings));
  imported.product = builder.finish(std::filesystem::path{file}.stem().string(), file);
  return imported;
}

Imported import_timeloop(const std::string& path, const ImportOptions& options) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) return import_folder(path, options);
  return import_timeloop_text(read_yaml(path), path, options, read_yaml);
}

}  // namespace npulse::importers
