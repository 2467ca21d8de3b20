// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/lower_graph.h"

#include <fmt/format.h>

#include "isa/rules/rules.h"
#include "sim/core/error.h"
#include "traces/lowering/graph/contraction_cost.h"
#include "traces/lowering/graph/emit_steps.h"
#include "traces/lowering/graph/graph_tensors.h"
#include "traces/lowering/graph/weight_layout.h"
#include "traces/lowering/program_writer.h"

namespace npulse::lowering {
namespace {

class GraphLowering : public Lowering {
 public:
  explicit GraphLowering(GraphPlan plan) : plan_{std::move(plan)} {}

  const GraphPlan& layout() const { return plan_; }
  const EventTable& events() const override { return plan_.events; }
  std::size_t lookahead() const override { return 0; }

  void emit(Emitter& emitter) const override {
    CoreWriter core{plan_, emitter};
    for (std::size_t i = 0; i < plan_.steps.steps.size(); ++i) {
      const Step& step = plan_.steps.steps[i];
      if (const auto* work = std::get_if<ContractionStep>(&step.work)) {
        lowering::emit(core, step.region, *work, plan_.constants[i]);
      } else if (const auto* attention = std::get_if<FusedAttentionStep>(&step.work)) {
        lowering::emit(core, step.region, *attention);
      } else if (const auto* vector = std::get_if<VectorStep>(&step.work)) {
        lowering::emit(core, step.region, *vector);
      } else if (const auto* pool = std::get_if<PoolStep>(&step.work)) {
        lowering::emit(core, step.region, *pool);
      } else {
        lowering::emit(core, step.region, std::get<CopyStep>(step.work));
      }
      core.end();
    }
  }

  std::vector<isa::TensorDecl> tensors() const override { return tensors_of(plan_); }

  Plan plan() const override {
    Plan plan;
    plan.macs = plan_.macs;
    plan.weights = plan_.weight_bytes;
    plan.kept = plan_.kept_bytes;
    add_traffic(plan);
    return plan;
  }

 private:
  /// Of a lone product, whose tiles have no halos.
  void add_traffic(Plan& plan) const {
    const auto& steps = plan_.steps.steps;
    const auto* work = steps.size() == 1 ? std::get_if<ContractionStep>(&steps[0].work) : nullptr;
    if (!work || !work->then.empty()) return;
    const Contraction& l = work->loops;
    if (!l.product() || l.rows() != l.oh || l.groups > 1 || !work->weights_constant) return;
    const Formats formats = plan_.formats_of(*work);
    const ContractionTiling& t = work->tiling;
    const WeightLayout weights{l, t.tile, formats};
    for (const CoreShare& share : work->tiling.shares) {
      const std::int64_t rows = share.rows.size(), columns = share.channels.size();
      if (rows == 0 || columns == 0) continue;
      const TileVisits v = visits_of(l, {t.tile, t.order, share, t.grid, t.keeps_operands});
      plan.dram_read += isa::bytes_of(rows * l.c, formats.activation) * v.input_passes +
                        weights.tile(columns) * v.weight_passes;
      plan.dram_write += isa::bytes_of(rows * columns, formats.result);
    }
  }

  GraphPlan plan_;
};

/// The plain weight format of a graph's type; none for types that only the host computes with.
std::optional<WeightFormat> format_of(graph::Type type) {
  switch (type) {
    case graph::Type::i8:
      return WeightFormat::int8;
    case graph::Type::fp8:
      return WeightFormat::fp8;
    case graph::Type::bf16:
      return WeightFormat::bf16;
    case graph::Type::fp16:
      return WeightFormat::fp16;
    default:
      return std::nullopt;
  }
}

isa::DataType type_of(WeightFormat format) {
  switch (format) {
    case WeightFormat::fp8:
      return isa::DataType::fp8;
    case WeightFormat::bf16:
      return isa::DataType::bf16;
    case WeightFormat::fp16:
      return isa::DataType::fp16;
    default:
      return isa::DataType::i8;
  }
}

/// The format of the first weights, if the chip computes with it.
std::optional<WeightFormat> own_format(const graph::Graph& graph, const Target& target) {
  for (const graph::Node& node : graph.nodes) {
    const bool multiplies = std::holds_alternative<graph::Conv>(node.operation) ||
                            std::holds_alternative<graph::Matmul>(node.operation);
    if (!multiplies) continue;
    const auto format = format_of(graph.tensors[node.inputs[1]].type);
    if (!format) return std::nullopt;
    const auto has = [&](const MatrixRate& rate) { return rate.type == type_of(*format); };
    const auto& rates = target.matrix_rates;
    return std::any_of(rates.begin(), rates.end(), has) ? format : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Formats formats_for(const graph::Graph& graph, const GraphOptions& options, const Target& target) {
  Options settled;
  settled.weights = options.weights ? options.weights : own_format(graph, target);
  settled.activations = options.activations;
  Formats formats = settle_formats(settled, target);
  formats.result = options.results.value_or(formats.activation);
  return formats;
}

void lower_steps(StepList steps, const Formats& formats, const Target& target,
                 isa::ProgramSink& sink) {
  const std::string name = steps.graph.name;
  const GraphLowering lowering{GraphPlan{std::move(steps), formats, target}};
  write_program(lowering, target, {{"model", name}}, sink);
}

GraphNotes lower(const graph::Graph& graph, const GraphOptions& options, const Target& target,
                 isa::ProgramSink& sink) {
  const Formats formats = formats_for(graph, options, target);
  const GraphLowering lowering{
      GraphPlan{graph, formats, target, options.tiling, options.attention, options.mapping}};
  std::map<std::string, std::string> meta{{"model", graph.name},
                                          {"weights", to_string(formats.stored_weights)},
                                          {"activations", to_string(formats.activation)}};
  GraphNotes notes{lowering.layout().steps.opaque, lowering.layout().choices};
  for (const auto& [kind, count] : notes.opaque) {
    meta[isa::nearest_name("opaque." + kind)] = std::to_string(count);
  }
  for (const auto& [what, count] : lowering.layout().inexact)
    meta[isa::nearest_name("inexact." + what)] = std::to_string(count);
  write_program(lowering, target, std::move(meta), sink);
  return notes;
}

std::vector<std::string> warnings_of(const GraphNotes& notes) {
  std::vector<std::string> warnings;
  for (const auto& [kind, count] : notes.opaque) {
    warnings.push_back(
        fmt::format("{} of kind '{}' costed as the bytes they read and write", count, kind));
  }
  return warnings;
}

}  // namespace npulse::lowering
