// SPDX-License-Identifier: Apache-2.0
#include "arch/vector/vector_unit.h"

#include <algorithm>
#include <bit>

#include "arch/vector/layout.h"
#include "sim/core/error.h"

namespace npulse::arch {
namespace {

constexpr int kLaneBits = 32;

AccessStream stream(const isa::Operand& operand, std::int64_t elements, isa::DataType type) {
  return {.space = operand.space,
          .requester = Requester::vector,
          .address = operand.address,
          .bytes = isa::bytes_of(elements, type).count()};
}

AccessStream writing(AccessStream stream) {
  stream.write = true;
  return stream;
}

Activity operations_of(const VectorWork& work) {
  Activity activity;
  activity.vector_ops = work.once.elements * work.once.simple;
  activity.transcendental_ops = work.once.elements * work.once.transcendental;
  for (const Pass& pass : work.passes) {
    activity.vector_ops += work.elements * (pass.simple + pass.reduction);
    activity.transcendental_ops += work.elements * pass.transcendental;
  }
  return activity;
}

}  // namespace

Execution VectorUnit::execute(Cycles now, const isa::Instruction& instruction) {
  const auto& operation = instruction.operation;
  if (const auto* vec = std::get_if<isa::Vec>(&operation)) return execute(now, *vec);
  if (const auto* xform = std::get_if<isa::Xform>(&operation)) return execute(now, *xform);
  if (const auto* opaque = std::get_if<isa::Opaque>(&operation)) {
    return finish(now, now + Cycles{opaque->cycles}, {});
  }
  ensure(instruction.opcode() == isa::Opcode::cfg, "a vector unit got what it cannot execute");
  return finish(now, now + params_.cfg_cycles, {});
}

Execution VectorUnit::execute(Cycles now, const isa::Vec& vec) {
  int bits = std::max(isa::bits_of(vec.x_type), isa::bits_of(vec.dst_type));
  require("vec", vec.x_type);
  require("vec", vec.dst_type);
  if (vec.y) {
    require("vec", vec.y_type);
    bits = std::max(bits, isa::bits_of(vec.y_type));
  }
  const VectorWork work = work_of(vec, lanes_for(bits));
  return run(now, work,
             {.x = stream(vec.x, work.x_elements, vec.x_type),
              .y = stream(vec.y.value_or(isa::Operand{}), work.y_elements, vec.y_type),
              .kept = stream(vec.dst, work.kept_elements, vec.dst_type),
              .dst = stream(vec.dst, work.dst_elements, vec.dst_type)});
}

Execution VectorUnit::execute(Cycles now, const isa::Xform& xform) {
  require("xform", xform.type);
  const VectorWork work = work_of(xform, lanes_for(isa::bits_of(xform.type)));
  Operands operands{
      .x = stream(xform.src, work.x_elements, xform.type),
      .y = stream(xform.index.value_or(isa::Operand{}), work.y_elements, isa::DataType::i32),
      .kept = {},
      .dst = stream(xform.dst, work.dst_elements, xform.type)};
  scatter_writes(xform, operands.dst);
  return run(now, work, operands);
}

/// Passes follow one another; y comes with the last.
Execution VectorUnit::run(Cycles now, const VectorWork& work, const Operands& operands) {
  Activity activity = operations_of(work);
  Cycles at = now + params_.start_cycles + once_cycles(work);
  Delay late;
  for (const Pass& pass : work.passes) {
    const bool last = &pass == &work.passes.back();
    const Span lanes{at, at + lane_cycles(work, pass)};
    const AccessStream written = writing(last ? operands.dst : operands.kept);
    const Delay delay =
        move(lanes,
             {pass.reads_x ? operands.x : operands.kept, last ? operands.y : AccessStream{},
              pass.writes ? written : AccessStream{}},
             activity);
    late = late + delay;
    at = lanes.end + delay.cycles;
  }
  ++stats_.operations;
  stats_.simple_ops += activity.vector_ops;
  stats_.transcendental_ops += activity.transcendental_ops;
  return finish(now, at, {late.cycles, late.cause, activity});
}

Delay VectorUnit::move(Span lanes, std::initializer_list<AccessStream> streams,
                       Activity& activity) {
  std::int64_t read = 0, written = 0;
  for (const auto& s : streams) (s.write ? written : read) += s.bytes;
  const Cycles nominal = lanes.end - lanes.start;
  Delay edges, memory;
  edges.raise(Cycles{ceil_div(read, params_.read_bytes_per_cycle)} - nominal,
              "read_bytes_per_cycle");
  edges.raise(Cycles{ceil_div(written, params_.write_bytes_per_cycle)} - nominal,
              "write_bytes_per_cycle");
  const Span span{lanes.start, lanes.end + edges.cycles};
  for (const auto& s : streams) reserve(memory_, span, s, activity, memory);
  return edges + memory;
}

Cycles VectorUnit::once_cycles(const VectorWork& work) const {
  const Cycles group = params_.simple_cycles * work.once.simple +
                       params_.transcendental_cycles * work.once.transcendental;
  return group * ceil_div(work.once.elements, work.per_group);
}

/// A reduction ends in a tree over the lanes; rows pass through it in a pipeline.
Cycles VectorUnit::lane_cycles(const VectorWork& work, const Pass& pass) const {
  const Cycles group = params_.simple_cycles * pass.simple +
                       params_.transcendental_cycles * pass.transcendental +
                       params_.reduction_cycles * pass.reduction;
  const auto depth = std::bit_width(static_cast<std::uint64_t>(work.per_group - 1));
  const auto tree = pass.reduction ? static_cast<std::int64_t>(depth) : 0;
  return group * work.groups + params_.reduction_cycles * tree;
}

std::int64_t VectorUnit::lanes_for(int bits) const {
  return params_.lanes * (params_.packed ? kLaneBits / bits : 1);
}

void VectorUnit::require(const char* op, isa::DataType type) const {
  if (std::find(params_.types.begin(), params_.types.end(), type) != params_.types.end()) return;
  std::vector<std::string> names;
  for (const auto known : params_.types) names.emplace_back(to_string(known));
  throw InputError{
      op, "the vector unit has no type " + std::string{to_string(type)} + "; it has " + join(names),
      "add the type to the chip's vector.types, or lower the program for this chip"};
}

Execution VectorUnit::finish(Cycles now, Cycles end, const Outcome& outcome) {
  stats_.busy_cycles += (end - now).count();
  stats_.stalled_cycles += outcome.stalled.count();
  return {end, end, outcome};
}

}  // namespace npulse::arch
