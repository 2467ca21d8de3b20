// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/lower.h"

#include <fmt/format.h>

#include <memory>

#include "traces/lowering/decode.h"
#include "traces/lowering/gemm.h"
#include "traces/lowering/mapping_use.h"
#include "traces/lowering/prefill.h"
#include "traces/lowering/program_writer.h"

namespace npulse::lowering {
namespace {

/// Ready to be written, and the choices of tiles that it was made with.
struct Ready {
  std::unique_ptr<Lowering> lowering;
  Mapping choices;
};

Ready ready(const Transformer& model, const Options& options, const Target& target) {
  const Job job = make_job(model, options, target);
  if (options.phase == Phase::prefill) {
    auto lowering = std::make_unique<PrefillLowering>(job);
    Mapping choices = lowering->layout().choices;
    return {std::move(lowering), std::move(choices)};
  }
  return {std::make_unique<DecodeLowering>(job), MappingUse{options.mapping}.finish()};
}

using Meta = std::map<std::string, std::string>;

Meta make_meta(const Transformer& model, const Options& options, const Target& target) {
  const Formats formats = settle_formats(options, target);
  Meta meta{{"model", name_of(model)}};
  meta["weights"] = to_string(formats.stored_weights);
  meta["activations"] = to_string(formats.activation);
  const LayerRange layers = options.layers.value_or(LayerRange{0, model.layers});
  meta["phase"] = to_string(options.phase);
  meta["batch"] = std::to_string(options.batch);
  meta["context"] = std::to_string(options.context);
  meta["layers"] = fmt::format("{}:{}", layers.first, layers.last);
  meta["model.layers"] = std::to_string(model.layers);
  meta["parameters"] = std::to_string(model.parameters());
  if (model.experts) meta["experts"] = name_of(options.experts);
  meta["kv"] = to_string(formats.kv);
  meta["kv_bytes_per_token"] =
      std::to_string(isa::bytes_of(model.kv_elements_per_token(), formats.kv).count());
  return meta;
}

}  // namespace

Mapping lower(const Model& model, const Options& options, const Target& target,
              isa::ProgramSink& sink) {
  if (const auto* gemm = std::get_if<Gemm>(&model))
    return lower(graph_of(*gemm), graph_options(options, target), target, sink).choices;
  const auto& transformer = std::get<Transformer>(model);
  Ready made = ready(transformer, options, target);
  write_program(*made.lowering, target, make_meta(transformer, options, target), sink);
  return std::move(made.choices);
}

}  // namespace npulse::lowering
