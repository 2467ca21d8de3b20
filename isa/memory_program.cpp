// SPDX-License-Identifier: Apache-2.0
#include "isa/memory_program.h"

namespace npulse::isa {
namespace {

class VectorStream : public InstructionStream {
 public:
  explicit VectorStream(const std::vector<Instruction>& code) : code_{code} {}
  bool next(Instruction& out) override {
    if (position_ == code_.size()) return false;
    out = code_[position_++];
    return true;
  }

 private:
  const std::vector<Instruction>& code_;
  std::size_t position_ = 0;
};

}  // namespace

std::unique_ptr<InstructionStream> MemoryProgram::open(std::uint32_t core) const {
  return std::make_unique<VectorStream>(code_.at(core));
}

void MemoryProgram::begin(const ProgramHeader& header) {
  header_ = header;
  code_.assign(header.cores, {});
}

void MemoryProgram::put(std::uint32_t core, const Instruction& instruction) {
  code_.at(core).push_back(instruction);
}

void MemoryProgram::finish(const std::map<std::string, std::string>& meta) {
  for (const auto& [key, value] : meta) header_.meta[key] = value;
}

}  // namespace npulse::isa
