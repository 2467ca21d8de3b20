// SPDX-License-Identifier: Apache-2.0
// Any bytes as program text.
#include <cstdint>

#include "isa/text/assembler.h"
#include "sim/core/error.h"
#include "tests/fuzz/any_program.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace npulse;
  try {
    fuzz::exercise(isa::assemble(std::string{reinterpret_cast<const char*>(data), size}));
  } catch (const InputError&) {
  }
  return 0;
}
