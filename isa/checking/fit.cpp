// SPDX-License-Identifier: Apache-2.0
#include "isa/checking/fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "isa/rules/rules.h"

namespace npulse::isa::checking {
namespace {

/// Element types of one instruction.
struct Types {
  std::vector<DataType> inputs, results;
};

Types types_of(const Dma& op) {
  return {{op.type}, {}};
}
Types types_of(const Mm& op) {
  return {{op.a_type, op.b_type}, {op.c_type}};
}
Types types_of(const Conv& op) {
  return {{op.ifm_type, op.weight_type}, {op.ofm_type}};
}
Types types_of(const Vec& op) {
  return {op.y ? std::vector{op.x_type, op.y_type} : std::vector{op.x_type}, {op.dst_type}};
}
Types types_of(const Xform& op) {
  return {{op.type}, {}};
}
Types types_of(const Pim& op) {
  return {{op.matrix_type, op.x_type}, {op.out_type}};
}
template <class Op>
Types types_of(const Op&) {
  return {};
}

/// What a chip without such a unit lacks, in words.
const char* ability_of(Opcode opcode) {
  switch (opcode) {
    case Opcode::pim:
      return "processing in memory";
    case Opcode::coll:
      return "collective operations";
    case Opcode::send:
    case Opcode::recv:
      return "link to other chips";
    default:
      return "unit for this";
  }
}

template <class Range, class T>
bool has(const Range& range, const T& value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

template <class E>
std::string names_of(const std::vector<E>& values) {
  std::vector<std::string> names;
  for (const E value : values) names.emplace_back(to_string(value));
  return names.empty() ? "none" : join(names);
}

void check_types(const std::vector<DataType>& types, const std::vector<DataType>& supported,
                 const char* what, const UnitSupport& unit, const Place& place,
                 Findings& findings) {
  if (supported.empty()) return;
  for (const DataType type : types) {
    if (has(supported, type)) continue;
    findings.error_at(place, Fault::type, [&] {
      return Diagnostic{"",
                        fmt::format("{} of type {}: the {} unit lacks it", what, to_string(type),
                                    to_string(unit.kind)),
                        "allowed: " + names_of(supported)};
    });
  }
}

void check_codec(const Instruction& instruction, const Place& place, const CheckTarget& target,
                 Findings& findings) {
  const auto* dma = std::get_if<Dma>(&instruction.operation);
  if (!dma || dma->codec == CodecFormat::none || has(target.codecs, dma->codec)) return;
  findings.error_at(place, Fault::type, [&] {
    return Diagnostic{"",
                      fmt::format("the DMA engines of chip '{}' do not expand {}", target.name,
                                  to_string(dma->codec)),
                      "allowed: " + names_of(target.codecs)};
  });
}

void check_queue(const QueueDecl& queue, const CheckTarget& target, Findings& findings) {
  const auto found = std::find_if(target.queues.begin(), target.queues.end(),
                                  [&](const QueueDecl& other) { return other.name == queue.name; });
  if (found == target.queues.end()) {
    std::vector<std::string> names;
    for (const auto& other : target.queues) names.push_back(other.name);
    findings.error(
        fmt::format("queue '{}': chip '{}' has only {}", queue.name, target.name, join(names)),
        did_you_mean(queue.name, names));
  } else if (found->kind != queue.kind) {
    findings.error(fmt::format("queue '{}' of kind {}: on chip '{}' its kind is {}", queue.name,
                               to_string(queue.kind), target.name, to_string(found->kind)));
  }
}

}  // namespace

bool header_fits(const ProgramHeader& header, const CheckTarget& target, Findings& findings) {
  const auto before = findings.errors();
  if (!header.target.empty() && header.target != target.name) {
    findings.error(
        fmt::format("the program was made for chip '{}', not '{}'", header.target, target.name),
        "lower it again, or choose that chip");
  }
  if (header.cores > target.cores) {
    findings.error(fmt::format("the program runs on {} cores, chip '{}' has {}", header.cores,
                               target.name, target.cores));
  }
  if (header.sync == SyncMode::hazard && !target.hazard_mode) {
    findings.error(
        fmt::format("the program relies on hazard mode, which chip '{}' lacks", target.name),
        "use '.sync explicit' and events");
  }
  for (const QueueDecl& queue : header.queues) check_queue(queue, target, findings);
  return findings.errors() == before;
}

void check_unit(const Instruction& instruction, const Place& place, const CheckTarget& target,
                Findings& findings) {
  const Opcode opcode = instruction.opcode();
  const auto kind = queue_kind_of(opcode);
  if (!kind) return;
  const auto unit =
      std::find_if(target.units.begin(), target.units.end(),
                   [&](const UnitSupport& u) { return u.kind == *kind && has(u.opcodes, opcode); });
  if (unit == target.units.end()) {
    findings.error_at(place, Fault::unit, [&] {
      return Diagnostic{"",
                        fmt::format("chip '{}' has no {}: nothing executes '{}'", target.name,
                                    ability_of(opcode), to_string(opcode)),
                        "choose another chip or lower without it"};
    });
    return;
  }
  const Types types =
      std::visit([](const auto& op) { return types_of(op); }, instruction.operation);
  check_types(types.inputs, unit->types, "an input", *unit, place, findings);
  const auto& results = unit->result_types.empty() ? unit->types : unit->result_types;
  check_types(types.results, results, "the result", *unit, place, findings);
  check_codec(instruction, place, target, findings);
}

}  // namespace npulse::isa::checking
