// SPDX-License-Identifier: Apache-2.0
// A program held in memory: what lowering on the fly, text files and tests use.
#pragma once

#include "isa/program.h"

namespace npulse::isa {

class MemoryProgram : public Program, public ProgramSink {
 public:
  explicit MemoryProgram(std::string name = "program") : name_{std::move(name)} {}

  const ProgramHeader& header() const override { return header_; }
  std::unique_ptr<InstructionStream> open(std::uint32_t core) const override;
  std::string name() const override { return name_; }

  void begin(const ProgramHeader& header) override;
  void put(std::uint32_t core, const Instruction& instruction) override;
  void finish(const std::map<std::string, std::string>& meta) override;

  const std::vector<Instruction>& instructions(std::uint32_t core) const { return code_.at(core); }

 private:
  std::string name_;
  ProgramHeader header_;
  std::vector<std::vector<Instruction>> code_;
};

}  // namespace npulse::isa
