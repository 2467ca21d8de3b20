// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/lower.h"

#include <fmt/format.h>

#include <memory>

#include "traces/lowering/decode.h"
#include "traces/lowering/gemm.h"
#include "traces/lowering/prefill.h"

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

void add_plan(Meta& meta, const Plan& plan) {
  meta["plan.dram_read_bytes"] = std::to_string(plan.dram_read.count());
  meta["plan.dram_write_bytes"] = std::to_string(plan.dram_write.count());
  meta["plan.weight_bytes"] = std::to_string(plan.weights.count());
  meta["plan.kv_bytes"] = std::to_string(plan.kv.count());
  meta["plan.macs"] = std::to_string(plan.macs);
  if (plan.experts_read > 0) meta["plan.experts_read"] = std::to_string(plan.experts_read);
  if (plan.tokens == 0) return;
  meta["tokens"] = std::to_string(plan.tokens);
  meta["tokens_produced"] = std::to_string(plan.tokens_produced);
}

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

Meta make_meta(const Model& model, const Options& options, const Target& target, const Plan& plan) {
  Meta meta{{"model", name_of(model)}};
  const Formats formats = settle_formats(options, target);
  add_plan(meta, plan);
  add_formats(meta, formats);
  if (const auto* transformer = std::get_if<Transformer>(&model)) {
    add_transformer(meta, *transformer, options, formats);
  }
  return meta;
}

isa::ProgramHeader make_header(const Lowering& lowering, const Survey& survey,
                               const Target& target) {
  isa::ProgramHeader header;
  header.target = target.name;
  header.cores = target.cores;
  header.queues = target.queues;
  header.events = survey.events_in_use(lowering.events());
  header.tensors = lowering.tensors();
  return header;
}

}  // namespace

void lower(const Model& model, const Options& options, const Target& target,
           isa::ProgramSink& sink) {
  const auto lowering = make_lowering(model, options, target);
  Survey survey;
  Emitter::Setup setup{
      0, assign_queues(target), &lowering->events(), lowering->lookahead(), &survey, nullptr};
  const auto emit_all = [&] {
    for (setup.core = 0; setup.core < target.cores; ++setup.core) {
      Emitter emitter{setup};
      lowering->emit(emitter);
      emitter.finish();
    }
  };
  emit_all();
  setup.sink = &sink;
  isa::ProgramHeader header = make_header(*lowering, survey, target);
  header.meta = make_meta(model, options, target, lowering->plan());
  sink.begin(header);
  emit_all();
  sink.finish({});
}

}  // namespace npulse::lowering
