// SPDX-License-Identifier: Apache-2.0
// The memories of a chip and what each instruction does to their values: docs/isa.md, section 3.
#pragma once

#include <vector>

#include "isa/functional/image.h"
#include "isa/instruction.h"

namespace npulse::isa::functional {

class Machine {
 public:
  /// Memories of cores hold `unwritten` in every byte until it is written; dram and shared hold 0.
  Machine(std::uint32_t cores, PageBudget& budget, std::uint8_t unwritten);

  /// `instruction` is well-formed, without steps, and within the memories. Throws InputError where
  /// values make it impossible: a row number of gather or scatter outside its table.
  void execute(std::uint32_t core, const Instruction& instruction);

  Image& dram() { return dram_; }
  /// The memory in which an operand lies, seen from `core`.
  Image& image(const Operand& operand, std::uint32_t core);

 private:
  Image dram_, shared_;
  std::vector<Image> spm_, acc_;  ///< By core.
};

/// What the operations of each kind do; `core` is who executes.
struct Site {
  Machine& machine;
  std::uint32_t core;

  std::vector<double> read(const Operand& from, std::int64_t elements, DataType type) const;
  void write(const Operand& to, DataType type, const std::vector<double>& values) const;
  Image::Codes read_codes(const Operand& from, std::int64_t elements, DataType type) const;
  void write_codes(const Operand& to, DataType type, const Image::Codes& codes) const;
};

void apply(const Site& site, const Dma& op);
void apply(const Site& site, const Mm& op);
void apply(const Site& site, const Conv& op);
void apply(const Site& site, const Pim& op);
void apply(const Site& site, const Vec& op);
void apply(const Site& site, const Xform& op);

}  // namespace npulse::isa::functional
