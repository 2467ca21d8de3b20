// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/lower.h"

#include <memory>

#include "traces/lowering/decode.h"

namespace npulse::lowering {
namespace {

std::unique_ptr<Lowering> make_lowering(const Model& model, const Options& options, const Target& target) {
  const Job job = make_job(std::get<Transformer>(model), options, target);
  return std::make_unique<DecodeLowering>(job);
}

isa::ProgramHeader make_header(const Lowering& lowering, const Target& target) {
  isa::ProgramHeader header;
  header.target = target.name;
  header.cores = target.cores;
  header.queues = target.queues;
  header.events = lowering.events().declarations();
  return header;
}

}  // namespace

void lower(const Model& model, const Options& options, const Target& target, isa::ProgramSink& sink) {
  const auto lowering = make_lowering(model, options, target);
  Survey survey;
  Emitter::Setup setup{0, assign_queues(target), &lowering->events(), lowering->lookahead(), &survey, nullptr};
  const auto emit_all = [&] {
    for (setup.core = 0; setup.core < target.cores; ++setup.core) {
      Emitter emitter{setup};
      lowering->emit(emitter);
      emitter.finish();
    }
  };
  emit_all();
  setup.sink = &sink;
  sink.begin(make_header(*lowering, target));
  emit_all();
  sink.finish({});
}

}  // namespace npulse::lowering
