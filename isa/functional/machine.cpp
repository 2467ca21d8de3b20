// SPDX-License-Identifier: Apache-2.0
#include "isa/functional/machine.h"

#include <fmt/format.h>

#include "isa/functional/numbers.h"
#include "sim/core/error.h"

namespace npulse::isa::functional {
namespace {

[[noreturn]] void refuse(const char* opcode, const char* why) {
  throw InputError{opcode, why, "run it without --functional"};
}

/// What has no values of its own (cfg, opaque) changes none.
template <class Op>
void apply(const Site&, const Op&) {}

void apply(const Site&, const Send&) {
  refuse("send", "a functional run is of one chip: there is no peer");
}
void apply(const Site&, const Recv&) {
  refuse("recv", "a functional run is of one chip: there is no peer");
}
void apply(const Site&, const Coll&) {
  refuse("coll", "a functional run is of one chip: there is no group");
}

}  // namespace

Machine::Machine(std::uint32_t cores, PageBudget& budget, std::uint8_t unwritten)
    : dram_{budget, 0},
      shared_{budget, 0},
      spm_(cores, Image{budget, unwritten}),
      acc_(cores, Image{budget, unwritten}) {}

Image& Machine::image(const Operand& operand, std::uint32_t core) {
  const std::uint32_t owner = operand.core.value_or(static_cast<std::uint16_t>(core));
  switch (operand.space) {
    case Space::spm:
      return spm_.at(owner);
    case Space::acc:
      return acc_.at(owner);
    case Space::shared:
      return shared_;
    case Space::dram:
      break;
  }
  return dram_;
}

void Machine::execute(std::uint32_t core, const Instruction& instruction) {
  std::visit([&](const auto& op) { apply(Site{*this, core}, op); }, instruction.operation);
}

Image::Codes Site::read_codes(const Operand& from, std::int64_t elements, DataType type) const {
  return machine.image(from, core).read_run(from.address, elements, type);
}

void Site::write_codes(const Operand& to, DataType type, const Image::Codes& codes) const {
  machine.image(to, core).write_run(to.address, type, codes);
}

std::vector<double> Site::read(const Operand& from, std::int64_t elements, DataType type) const {
  const Image::Codes codes = read_codes(from, elements, type);
  std::vector<double> values(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) values[i] = decode(type, codes[i]);
  return values;
}

void Site::write(const Operand& to, DataType type, const std::vector<double>& values) const {
  Image::Codes codes(values.size());
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = encode(type, values[i]);
  write_codes(to, type, codes);
}

}  // namespace npulse::isa::functional
