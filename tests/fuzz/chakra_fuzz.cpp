// SPDX-License-Identifier: Apache-2.0
// Any bytes as a Chakra trace; a program that comes out survives its text form.
#include <cstdint>
#include <sstream>

#include "isa/text/assembler.h"
#include "isa/text/disassembler.h"
#include "traces/importers/chakra.h"

using namespace npulse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes{reinterpret_cast<const char*>(data), size};
  try {
    const auto imported = importers::import_chakra_bytes(bytes, "fuzz.et");
    const auto& program = std::get<isa::MemoryProgram>(imported.product);
    std::ostringstream text, again;
    isa::disassemble(program, text);
    isa::disassemble(isa::assemble(text.str()), again);
    ensure(text.str() == again.str(), "a program changes in its text form");
  } catch (const InputError& error) {
    ensure(error.faults().front().where.rfind("fuzz.et", 0) == 0, "the text form is not accepted");
  }
  return 0;
}
