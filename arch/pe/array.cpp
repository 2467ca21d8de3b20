// SPDX-License-Identifier: Apache-2.0
#include "arch/pe/array.h"

#include <algorithm>
#include <bit>

namespace npulse::arch {
namespace {

/// Bits of a stored element of b: N:M sparsity adds its index within the group of M.
int stored_bits(const isa::Mm& mm) {
  const int index = mm.sparse_m ? std::bit_width(static_cast<unsigned>(mm.sparse_m - 1)) : 0;
  return isa::bits_of(mm.b_type) + index;
}

}  // namespace

Cycles Edge::pass(Cycles start, std::int64_t bytes) {
  free_at_ = std::max(free_at_, start) + Cycles{ceil_div(bytes, bytes_per_cycle_)};
  return free_at_;
}

Array::Array(const PeParams& params, ScratchpadPort& memory)
    : params_{params},
      memory_{memory},
      reads_{params.read_bytes_per_cycle},
      writes_{params.write_bytes_per_cycle} {}

Execution Array::execute(Cycles now, const isa::Instruction& instruction) {
  const auto& operation = instruction.operation;
  if (const auto* mm = std::get_if<isa::Mm>(&operation)) return execute(now, *mm);
  if (const auto* conv = std::get_if<isa::Conv>(&operation)) return execute(now, *conv);
  if (const auto* opaque = std::get_if<isa::Opaque>(&operation)) {
    return occupy(now, Cycles{opaque->cycles});
  }
  ensure(instruction.opcode() == isa::Opcode::cfg, "a matrix unit got what it cannot execute");
  return occupy(now, params_.cfg_cycles);
}

Execution Array::execute(Cycles now, const isa::Mm& mm) {
  const Places places{
      {mm.a, isa::bits_of(mm.a_type)}, {mm.b, stored_bits(mm)}, {mm.c, isa::bits_of(mm.c_type)}};
  return multiply(now, gemm_of(params_, mm), places, wider(mm.a_type, mm.b_type));
}

Execution Array::execute(Cycles now, const isa::Conv& conv) {
  const Places places{{conv.ifm, isa::bits_of(conv.ifm_type)},
                      {conv.weight, isa::bits_of(conv.weight_type)},
                      {conv.ofm, isa::bits_of(conv.ofm_type)}};
  return multiply(now, gemm_of(params_, conv), places, wider(conv.ifm_type, conv.weight_type));
}

Execution Array::multiply(Cycles now, const Gemm& gemm, const Places& places, isa::DataType type) {
  const Schedule s = schedule(gemm, places);
  const Cycles load = now + params_.start_cycles;
  const Cycles stream = std::max(load + s.load, stream_free_);
  Activity activity;
  activity.macs[static_cast<std::size_t>(type)] = gemm.macs();
  // A product that is over in its first cycle has that cycle for its results.
  const Span writes{stream, stream + std::max(s.finish, Cycles{1})};
  const Delay late = move({load, stream + s.stream_free}, writes, s.traffic, places, activity);
  stream_free_ = stream + s.stream_free + late.cycles;
  const Cycles accepts = stream + s.load_free + late.cycles;
  const Cycles finish = stream + s.finish + late.cycles;

  ++stats_.products;
  stats_.macs += gemm.macs();
  stats_.stalled_cycles += late.cycles.count();
  count_busy(now, std::max(accepts, finish));
  return {accepts, finish, {late.cycles, late.cause, activity}};
}

Delay Array::move(Span reads, Span writes, const Traffic& traffic, const Places& places,
                  Activity& activity) {
  const Delay edges = cross_edges(reads, writes, traffic, places);
  reads.end += edges.cycles;
  writes.end += edges.cycles;
  Delay memory;
  const auto access = [&](const Place& place, std::int64_t elements, Span span, bool write) {
    const AccessStream stream{.space = place.operand.space,
                              .requester = Requester::matrix,
                              .address = place.operand.address,
                              .bytes = packed_bytes(elements, place.bits),
                              .write = write};
    reserve(memory_, span, stream, activity, memory);
  };
  access(places.a, traffic.a_reads, reads, false);
  access(places.b, traffic.b_reads, reads, false);
  access(places.c, traffic.c_reads, writes, false);
  access(places.c, traffic.c_writes, writes, true);
  return edges + memory;
}

/// Old values of c come to the adders beside the accumulators, not through the array's edge.
Delay Array::cross_edges(Span reads, Span writes, const Traffic& traffic, const Places& places) {
  const std::int64_t operands =
      packed_bytes(traffic.a_reads, places.a.bits) + packed_bytes(traffic.b_reads, places.b.bits);
  const std::int64_t results = packed_bytes(traffic.c_writes, places.c.bits);
  Delay delay;
  delay.raise(reads_.pass(reads.start, operands) - reads.end, "read_bytes_per_cycle");
  delay.raise(writes_.pass(writes.start, results) - writes.end, "write_bytes_per_cycle");
  return delay;
}

Execution Array::occupy(Cycles now, Cycles cycles) {
  stream_free_ = std::max(now, stream_free_) + cycles;
  count_busy(now, stream_free_);
  return {stream_free_, stream_free_, {}};
}

Schedule Array::schedule(const Gemm& gemm, const Places& places) const {
  if (params_.kind == PeKind::systolic) return systolic_schedule(params_.systolic, gemm);
  return dot_product_schedule(params_.dot_product, gemm, places.a.bits, places.b.bits);
}

void Array::count_busy(Cycles from, Cycles to) {
  from = std::max(from, busy_until_);
  if (to <= from) return;
  stats_.busy_cycles += (to - from).count();
  busy_until_ = to;
}

}  // namespace npulse::arch
