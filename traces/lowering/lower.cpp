// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/lower.h"

#include <fmt/format.h>

#include <memory>

#include "traces/lowering/decode.h"
#include "traces/lowering/gemm.h"
#include "traces/lowering/gemm_mapping.h"
#include "traces/lowering/prefill.h"
#include "traces/lowering/program_writer.h"

namespace npulse::lowering {
namespace {

/// Ready to be written, and the choices of tiles that it was made with.
struct Ready {
  std::unique_ptr<Lowering> lowering;
  Mapping choices;
};

Ready ready(const Gemm& gemm, const Options& options, const Target& target) {
  const Formats formats = settle_formats(options, target);
  MappingUse use{options.mapping};
  const GemmTiling tiling =
      tile_as_asked(use.layer(kGemmLayer, freedom_of_gemm()), {gemm, formats, target});
  use.chose(mapping_of(tiling));
  return {std::make_unique<GemmLowering>(gemm, formats, target, tiling), use.finish()};
}

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

void add_formats(Meta& meta, const Formats& formats) {
  meta["weights"] = to_string(formats.stored_weights);
  meta["activations"] = to_string(formats.activation);
}

void add_transformer(Meta& meta, const Transformer& model, const Options& options,
                     const Formats& formats) {
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
}

Meta make_meta(const Model& model, const Options& options, const Target& target) {
  Meta meta{{"model", name_of(model)}};
  const Formats formats = settle_formats(options, target);
  add_formats(meta, formats);
  if (const auto* transformer = std::get_if<Transformer>(&model)) {
    add_transformer(meta, *transformer, options, formats);
  }
  return meta;
}

}  // namespace

Mapping lower(const Model& model, const Options& options, const Target& target,
              isa::ProgramSink& sink) {
  Ready made = std::visit([&](const auto& known) { return ready(known, options, target); }, model);
  write_program(*made.lowering, target, make_meta(model, options, target), sink);
  return std::move(made.choices);
}

}  // namespace npulse::lowering
