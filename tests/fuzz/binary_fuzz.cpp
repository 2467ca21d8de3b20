// SPDX-License-Identifier: Apache-2.0
// Any bytes as a binary program, and, since checksums stop most of them, as the header and the code
// inside sound frames.
#include <cstdint>

#include "isa/binary/reader.h"
#include "sim/core/error.h"
#include "tests/fuzz/any_program.h"
#include "tests/support/binary_file.h"

namespace {

using namespace npulse;
using namespace npulse::isa;

void try_file(std::string bytes) {
  try {
    fuzz::exercise(BinaryProgram{open_memory(std::move(bytes)), "fuzz.npb"});
  } catch (const InputError&) {
  }
}

ProgramHeader roomy_header() {
  ProgramHeader header;
  header.queues = {{"ld", QueueKind::dma}, {"mx", QueueKind::matrix}, {"ve", QueueKind::vector}};
  header.events = {{"a", EventScope::core}, {"b", EventScope::chip}};
  return header;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using isa::tests::file_of, isa::tests::header_payload, isa::tests::code_payload;
  const std::string bytes{reinterpret_cast<const char*>(data), size};
  try_file(bytes);
  try_file(file_of({{"HEAD", bytes}}));
  const std::string header = header_payload(roomy_header());
  try_file(file_of({{"HEAD", header}, {"CODE", code_payload(bytes, Compression::none, size)}}));
  try_file(file_of({{"HEAD", header}, {"CODE", bytes}}));
  return 0;
}
