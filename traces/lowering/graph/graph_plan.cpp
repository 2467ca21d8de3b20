// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/graph_plan.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "traces/graph/counts.h"
#include "traces/lowering/attention_cost.h"
#include "traces/lowering/graph/contraction_mapping.h"
#include "traces/lowering/graph/exactness.h"
#include "traces/lowering/graph/residency.h"
#include "traces/lowering/graph/weight_layout.h"
#include "traces/lowering/space.h"

namespace npulse::lowering {
namespace {

/// A row that is worked on as a whole shares the scratchpad with a second operand, twice each.
constexpr std::int64_t kRowShares = 8;

std::int64_t elements(const graph::Tensor& tensor) {
  return std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1},
                         std::multiplies{});
}

/// Gives out addresses of memory.
class Placement {
 public:
  Placement(GraphPlan& plan)
      : plan_{plan},
        dram_{"memory of " + plan.target.name, plan.target.dram_bytes,
              plan.target.dram_access_bytes} {
    plan.addresses.resize(plan.steps.graph.tensors.size());
  }

  void place_all() {
    for (const Step& step : plan_.steps.steps) {
      place_tensors(tensors_of(step));
      plan_.constants.emplace_back();
      if (const auto* work = std::get_if<ContractionStep>(&step.work)) place_constants(*work);
    }
    dram_.check(plan_.steps.graph.name, "use narrower types or a smaller model");
  }

 private:
  void place_tensors(const std::vector<graph::TensorId>& tensors) {
    for (const graph::TensorId id : tensors) {
      const graph::TensorId root = plan_.steps.storage[id];
      if (!plan_.touched.insert(root).second) continue;
      const graph::Tensor& tensor = plan_.steps.graph.tensors[root];
      const Bytes bytes = isa::bytes_of(elements(tensor), plan_.type_of(root));
      plan_.addresses[root] = dram_.take(tensor.name, bytes);
    }
  }

  void place_constants(const ContractionStep& step) {
    StepConstants& constants = plan_.constants.back();
    if (step.weights_constant) constants.weights = place_weights(step);
    for (const VectorOp& op : step.then) {
      const bool row = op.y && op.broadcast == isa::Broadcast::row;
      constants.row_vectors.push_back(row ? place_row(*op.y, step.loops.channels()) : 0);
    }
  }

  /// Steps that read one constant in the same tiles share it.
  Address place_weights(const ContractionStep& step) {
    const Contraction& loops = step.loops;
    const bool packed = step.tiling.packed_weights;
    const Layout layout{step.weights,
                        {loops.taps(), loops.c, loops.channels()},
                        packed ? std::min(step.tiling.tile.c, loops.c) : 0,
                        packed ? step.column_tiles() : std::vector<Range>{}};
    const auto [known, fresh] = weights_.try_emplace(layout, 0);
    if (!fresh) return known->second;
    const Bytes bytes = WeightLayout{loops, step.tiling.tile, plan_.formats}.all();
    plan_.weight_bytes += bytes;
    return known->second = dram_.take("weights", bytes);
  }

  Address place_row(graph::TensorId tensor, std::int64_t channels) {
    const auto [known, fresh] = rows_.try_emplace({tensor, channels}, 0);
    if (fresh)
      known->second = dram_.take("biases", isa::bytes_of(channels, plan_.formats.accumulator));
    return known->second;
  }

  using Layout = std::tuple<graph::TensorId, std::array<std::int64_t, 3>, std::int64_t,
                            std::vector<Range>>;  ///< Shape; channels in of a tile, tiles out.
  GraphPlan& plan_;
  SpaceAllocator dram_;
  std::map<Layout, Address> weights_;
  std::map<std::pair<graph::TensorId, std::int64_t>, Address> rows_;
};

/// Rooms of fused attention, declared once a shape.
class FlashRooms {
 public:
  explicit FlashRooms(GraphPlan& plan) : plan_{plan} {}

  std::size_t of(const FusedAttentionStep& step) {
    const AttentionShape& s = step.shape;
    const Key key{s.heads / s.kv_heads, s.width,           s.value_width,
                  step.tiling.rows,     step.tiling.chunk, step.tiling.output_slots,
                  step.mask.has_value()};
    const auto [known, fresh] = rooms_.try_emplace(key, plan_.flash_rings.size());
    if (fresh) {
      const std::string name = "attn" + std::to_string(known->second);
      plan_.flash_rings.push_back(lay_out_flash(plan_.attention_job(s, step.mask.has_value()),
                                                step.tiling, plan_.events, name, 0));
    }
    return known->second;
  }

 private:
  using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                         std::int64_t, bool>;
  GraphPlan& plan_;
  std::map<Key, std::size_t> rooms_;
};

/// The same layer comes many times in a network: tilings are kept by what they depend on.
class Tilings {
 public:
  Tilings(const Formats& formats, const Target& target) : formats_{formats}, target_{target} {}

  const ContractionTiling& of(const ContractionStep& step, const std::string& region,
                              const LayerRequest& request) {
    const TilingProblem problem{step.loops, step.extras(), formats_of(step, formats_), target_};
    const Key key{step.loops, problem.extras, step.weights_constant,
                  request.given() ? &request.asked() : nullptr};
    const auto known = tilings_.find(key);
    if (known != tilings_.end()) return known->second;
    return tilings_.emplace(key, tile_as_asked(request, problem, region)).first->second;
  }

 private:
  using Key = std::tuple<Contraction, TileExtras, bool, const LayerMapping*>;
  const Formats& formats_;
  const Target& target_;
  std::map<Key, ContractionTiling> tilings_;
};

}  // namespace

GraphPlan::GraphPlan(const graph::Graph& graph, const Formats& formats_, const Target& target_,
                     const TilingRule& rule, AttentionForm attention,
                     const std::optional<Mapping>& mapping)
    : formats{formats_}, target{target_} {
  const std::int64_t row_bytes = target.spm_bytes.count() / kRowShares;
  const Fuse fuse = [&](const AttentionShape& shape, MaskUse mask) {
    const bool only = mask == MaskUse::fused_only && attention == AttentionForm::automatic;
    return fused_tiling(attention_job(shape, mask != MaskUse::none),
                        only ? AttentionForm::fused : attention);
  };
  const std::int64_t longest_row = row_bytes * 8 / isa::bits_of(formats.activation);
  steps = build_steps(graph, longest_row, fuse);
  inexact = inexact_nodes(steps, longest_row);
  require_products_where_coded(steps.steps, formats);
  tile(rule, mapping);
  lay_out();
}

GraphPlan::GraphPlan(StepList steps_, const Formats& formats_, const Target& target_)
    : formats{formats_}, target{target_}, steps{std::move(steps_)} {
  lay_out();
}

void GraphPlan::tile(const TilingRule& rule, const std::optional<Mapping>& mapping) {
  Tilings tilings{formats, target};
  MappingUse use{mapping};
  const auto names = layer_names(steps.steps);
  for (std::size_t i = 0; i < names.size(); ++i) {
    Step& step = steps.steps[i];
    auto* work = std::get_if<ContractionStep>(&step.work);
    if (!work) continue;
    const LayerRequest request = use.layer(names[i], freedom_of(work->loops));
    work->tiling = rule ? rule(*work, step.region) : tilings.of(*work, step.region, request);
    use.chose(mapping_of(names[i], work->loops, work->tiling));
  }
  choices = use.finish();
  if (!rule) kept_bytes = keep_in_scratchpads(steps, formats, target);
}

isa::DataType GraphPlan::type_of(graph::TensorId tensor) const {
  const auto& outputs = steps.graph.outputs;
  const bool result = std::any_of(outputs.begin(), outputs.end(), [&](graph::TensorId output) {
    return steps.storage[output] == steps.storage[tensor];
  });
  return result ? formats.result : formats.activation;
}

void GraphPlan::lay_out() {
  ensure(formats.result == formats.activation || steps.steps.size() == 1,
         "steps would read a result that is no activation");
  FlashRooms rooms{*this};
  for (Step& step : steps.steps) {
    if (auto* fused = std::get_if<FusedAttentionStep>(&step.work)) {
      fused->rings = rooms.of(*fused);
      macs += products_of(fused->shape, fused->tiling.rows);
      continue;
    }
    auto* work = std::get_if<ContractionStep>(&step.work);
    if (!work) continue;
    work->loops.gathers = work->tiling.gathers;
    macs += work->loops.macs();
  }
  Placement{*this}.place_all();
  static constexpr const char* kNames[] = {"in", "w", "extra", "out"};
  for (std::size_t kind = 0; kind < kBufferKinds; ++kind) {
    for (std::size_t i = 0; i < buffers[kind].size(); ++i) {
      const std::string name = kNames[kind] + std::to_string(i);
      buffers[kind][i] = {0, events.add(name + ".full"), events.add(name + ".done"),
                          events.add(name + ".free")};
    }
  }
  stored = events.add("stored", isa::EventScope::chip);
}

Formats formats_of(const ContractionStep& step, const Formats& formats) {
  Formats own = formats;
  if (!step.weights_constant) {
    own.weight = own.activation;
    own.codec = isa::CodecFormat::none;
    own.accumulator = formats.score;
  }
  return own;
}

}  // namespace npulse::lowering
