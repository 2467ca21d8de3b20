// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/lower.h"

#include <fmt/format.h>

#include <memory>

#include "traces/lowering/decode.h"
#include "traces/lowering/gemm.h"
#include "traces/lowering/prefill.h"
#include "traces/lowering/program_writer.h"

namespace npulse::lowering {
namespace {

std::unique_ptr<Lowering> make_lowering(const Model& model, const Options& options,
                                        const Target& target) {
  if (const auto* gemm = std::get_if<Gemm>(&model)) {
    return std::make_unique<GemmLowering>(*gemm, settle_formats(options, target), target);
  }
  const Job job = make_job(std::get<Transformer>(model), options, target);
  if (options.phase == Phase::prefill) return std::make_unique<PrefillLowering>(job);
  return std::make_unique<DecodeLowering>(job);
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

void lower(const Model& model, const Options& options, const Target& target,
           isa::ProgramSink& sink) {
  const auto lowering = make_lowering(model, options, target);
  write_program(*lowering, target, make_meta(model, options, target), sink);
}

}  // namespace npulse::lowering
