// SPDX-License-Identifier: Apache-2.0
// Computes what instructions compute, in doubles: docs/isa.md, section 3, for what lowering uses.
#pragma once

#include <map>
#include <vector>

#include "isa/instruction.h"

namespace npulse::test {

/// Values by the address of their first byte; what nobody wrote is not a number.
class Bytewise {
 public:
  void set(Address at, std::int64_t bytes, double value);
  double get(Address at) const;

 private:
  std::vector<double> values_;
};

/// Memory, and every core's scratchpad and accumulators. Types only decide where elements lie: no
/// value is ever rounded.
class Machine {
 public:
  explicit Machine(std::uint32_t cores) : spm_(cores), acc_(cores) {}

  void fill(Address dram, const std::vector<double>& values, isa::DataType type);
  /// As `fill`, for what a DMA with a codec will expand.
  void fill_coded(Address dram, const std::vector<double>& values) { coded_[dram] = values; }
  std::vector<double> read(Address dram, std::int64_t count, isa::DataType type) const;

  void execute(std::uint32_t core, const isa::Instruction& instruction);

 private:
  using Values = std::vector<double>;
  /// Elements in row-major order of `shape`, at strides in elements; empty: dense.
  struct Block {
    isa::Operand at;
    std::uint32_t core;
    isa::Extents shape, strides;
    isa::DataType type;
  };

  void run(std::uint32_t core, const isa::Dma& dma);
  void run(std::uint32_t core, const isa::Mm& mm);
  void run(std::uint32_t core, const isa::Vec& vec);
  void run(std::uint32_t core, const isa::Xform& xform);
  Values second_input(std::uint32_t core, const isa::Vec& vec) const;
  Values load(const Block& block) const;
  void store(const Block& block, const Values& values);
  Bytewise& memory(const Block& block);
  const Bytewise& memory(const Block& block) const {
    return const_cast<Machine*>(this)->memory(block);
  }

  Bytewise dram_;
  std::map<Address, Values> coded_;
  std::vector<Bytewise> spm_, acc_;
};

}  // namespace npulse::test
