// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/graph_tensors.h"

#include <map>
#include <set>

#include "isa/limits.h"
#include "isa/rules/rules.h"
#include "traces/lowering/graph/weight_layout.h"
#include "traces/lowering/instructions.h"
#include "traces/lowering/tensors.h"

namespace npulse::lowering {
namespace {

using isa::TensorRole;

class Table {
 public:
  explicit Table(const GraphPlan& plan) : plan_{plan} {}

  std::vector<isa::TensorDecl> build() {
    const graph::Graph& graph = plan_.steps.graph;
    for (std::size_t i = 0; i < plan_.steps.steps.size(); ++i) {
      const auto& work = plan_.steps.steps[i].work;
      if (const auto* contraction = std::get_if<ContractionStep>(&work)) {
        constants(*contraction, plan_.constants[i]);
      } else if (const auto* attention = std::get_if<FusedAttentionStep>(&work)) {
        for (const graph::TensorId id :
             {attention->q, attention->k, attention->v, attention->mask.value_or(attention->q)}) {
          if (graph.tensors[id].constant) whole(id, TensorRole::weight);
        }
      } else if (const auto* vector = std::get_if<VectorStep>(&work)) {
        for (const VectorOp& op : vector->ops) {
          if (op.y && graph.tensors[*op.y].constant) whole(*op.y, TensorRole::weight);
        }
      }
    }
    for (const graph::TensorId id : graph.inputs) whole(id, TensorRole::input);
    for (const graph::TensorId id : graph.outputs) whole(id, TensorRole::output);
    return std::move(list_);
  }

 private:
  /// As it lies: images with channels last, more than five dimensions as one.
  isa::Extents shape_of(graph::TensorId id) const {
    const auto& shape = plan_.steps.graph.tensors[id].shape;
    if (plan_.steps.images.contains(id)) return {shape[0], shape[2], shape[3], shape[1]};
    isa::Extents extents;
    std::int64_t all = 1;
    for (const std::int64_t extent : shape) all *= extent;
    if (shape.empty() || shape.size() > isa::kMaxRank) return {all};
    for (const std::int64_t extent : shape) extents.push_back(extent);
    return extents;
  }

  /// Other tools' names may have any characters.
  const std::string& name_of(graph::TensorId id) {
    std::string& known = names_[id];
    if (known.empty()) known = new_name(id);
    return known;
  }

  std::string new_name(graph::TensorId id) {
    const std::string name = isa::nearest_name(plan_.steps.graph.tensors[id].name);
    std::string own = name;
    for (int i = 2; !taken_.insert(own).second; ++i) {
      const std::string number = "_" + std::to_string(i);
      own = name.substr(0, isa::kMaxNameLength - number.size()) + number;
    }
    return own;
  }

  void whole(graph::TensorId id, TensorRole role) {
    if (!plan_.placed(id) || !declared_.insert({id, plan_.address(id)}).second) return;
    list_.push_back(
        dense_tensor(name_of(id), role, plan_.address(id), shape_of(id), plan_.type_of(id)));
  }

  void constants(const ContractionStep& step, const StepConstants& at) {
    if (step.weights_constant && declared_.insert({step.weights, at.weights}).second) {
      weights(step, name_of(step.weights), at.weights);
    }
    for (std::size_t i = 0; i < step.then.size(); ++i) {
      const VectorOp& op = step.then[i];
      if (!op.y || op.broadcast != isa::Broadcast::row) continue;
      if (!declared_.insert({*op.y, at.row_vectors[i]}).second) continue;
      list_.push_back(dense_tensor(name_of(*op.y), TensorRole::weight, at.row_vectors[i],
                                   {step.loops.channels()}, plan_.formats.accumulator));
    }
  }

  /// Along taps, channels in and channels out; matrices have no taps.
  isa::Extents along(const ContractionStep& step, std::int64_t tap, std::int64_t c,
                     std::int64_t oc) const {
    const bool matrix = plan_.steps.graph.tensors[step.weights].shape.size() == 2;
    return matrix ? isa::Extents{c, oc} : isa::Extents{tap, c, oc};
  }

  /// Tiles of channels out, whose chunks of channels in lie one behind the other.
  void weights(const ContractionStep& step, const std::string& name, Address at) {
    const Contraction& loops = step.loops;
    isa::TensorDecl all =
        dense_tensor(name, TensorRole::weight, at,
                     along(step, loops.taps(), loops.c, loops.channels()), plan_.formats.weight);
    all.codec = plan_.formats.codec;
    all.transposed = plan_.formats.coded();
    if (!step.tiling.packed_weights) return list_.push_back(all);
    const WeightLayout layout{loops, step.tiling.tile, plan_.formats};
    const std::int64_t c = layout.chunk_channels();
    const std::vector<Range> tiles = step.column_tiles();
    for (auto tile = tiles.begin(); tile != tiles.end();) {
      const std::int64_t first = tile->first, width = tile->size();
      std::int64_t last = first;  // equal tiles one behind the other are one box
      for (; tile != tiles.end() && tile->first == last && tile->size() == width; ++tile)
        last = tile->last;
      isa::TensorDecl box = all;
      box.at = in_dram(at + static_cast<Address>(layout.tile(first).count()));
      box.first = along(step, 0, 0, first);
      box.box = along(step, loops.taps(), loops.c, last - first);
      box.tile = along(step, loops.taps(), c, width);
      box.tile_stride = along(step, 0, layout.chunk(c, width).count(), layout.tile(width).count());
      list_.push_back(box);
    }
  }

  const GraphPlan& plan_;
  std::vector<isa::TensorDecl> list_;
  std::set<std::pair<graph::TensorId, Address>> declared_;  ///< Copies of constants too.
  std::map<graph::TensorId, std::string> names_;
  std::set<std::string> taken_;
};

}  // namespace

std::vector<isa::TensorDecl> tensors_of(const GraphPlan& plan) {
  return Table{plan}.build();
}

}  // namespace npulse::lowering
