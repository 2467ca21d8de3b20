// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/program_writer.h"

#include <fmt/format.h>

#include "isa/limits.h"
#include "sim/core/error.h"

namespace npulse::lowering {
namespace {

void add_plan(std::map<std::string, std::string>& meta, const Plan& plan) {
  if (plan.dram_read > Bytes{0}) {
    meta["plan.dram_read_bytes"] = std::to_string(plan.dram_read.count());
    meta["plan.dram_write_bytes"] = std::to_string(plan.dram_write.count());
  }
  meta["plan.weight_bytes"] = std::to_string(plan.weights.count());
  meta["plan.kv_bytes"] = std::to_string(plan.kv.count());
  if (plan.scores > Bytes{0}) meta["plan.score_bytes"] = std::to_string(plan.scores.count());
  if (plan.expanded > Bytes{0}) meta["plan.expanded_bytes"] = std::to_string(plan.expanded.count());
  if (plan.kept > Bytes{0}) meta["plan.kept_bytes"] = std::to_string(plan.kept.count());
  meta["plan.macs"] = std::to_string(plan.macs);
  if (plan.experts_read > 0) meta["plan.experts_read"] = std::to_string(plan.experts_read);
  if (plan.picks_block > 0) meta["moe.picks_block"] = std::to_string(plan.picks_block);
  if (plan.tokens == 0) return;
  meta["tokens"] = std::to_string(plan.tokens);
  meta["tokens_produced"] = std::to_string(plan.tokens_produced);
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

void require_room(std::size_t count, std::size_t most, const std::string& model,
                  const std::string& what) {
  if (count <= most) return;
  throw InputError{model, fmt::format("needs {} {}; a program holds {}", count, what, most),
                   "split the model into several, or give larger tiles (--mapping)"};
}

}  // namespace

void write_program(const Lowering& lowering, const Target& target,
                   std::map<std::string, std::string> meta, isa::ProgramSink& sink) {
  Survey survey;
  Emitter::Setup setup{
      0, assign_queues(target), &lowering.events(), lowering.lookahead(), &survey, nullptr};
  const auto emit_all = [&] {
    for (setup.core = 0; setup.core < target.cores; ++setup.core) {
      Emitter emitter{setup};
      lowering.emit(emitter);
      emitter.finish();
    }
  };
  emit_all();
  setup.sink = &sink;
  isa::ProgramHeader header = make_header(lowering, survey, target);
  add_plan(meta, lowering.plan());
  const std::string& model = meta["model"];
  require_room(header.tensors.size(), isa::kMaxTensors, model, "declarations of tensors");
  require_room(header.events.size(), isa::kMaxDeclarations, model, "events");
  header.meta = std::move(meta);
  sink.begin(header);
  emit_all();
  sink.finish({});
}

}  // namespace npulse::lowering
