// SPDX-License-Identifier: Apache-2.0
// Any bytes as a DRAM trace, in the dialect that they look like and in every other; what is read is
// written and read again.
#include <cstdint>
#include <sstream>

#include "traces/dram/reader.h"
#include "traces/dram/writer.h"

namespace {

using namespace npulse;
using namespace npulse::traces;

std::vector<MemoryAccess> read_all(const std::string& text, std::optional<Dialect> dialect) {
  std::istringstream in{text};
  AccessReader reader{in, "fuzz", {.dialect = dialect}};
  std::vector<MemoryAccess> accesses;
  while (const auto access = reader.next()) accesses.push_back(*access);
  return accesses;
}

void round_trip(const std::vector<MemoryAccess>& accesses, Dialect dialect) {
  std::ostringstream out;
  AccessWriter writer{out, dialect};
  for (const auto& access : accesses) writer.put(access);
  ensure(read_all(out.str(), dialect) == accesses, "a trace changes when it is written and read");
}

void exercise(const std::string& text, std::optional<Dialect> dialect) {
  try {
    const auto accesses = read_all(text, dialect);
    if (!dialect || can_be_written(*dialect)) {
      round_trip(accesses, dialect.value_or(Dialect::native));
    }
  } catch (const InputError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  exercise(text, Dialect::native);
  exercise(text, Dialect::stl);
  exercise(text, Dialect::rstl);
  exercise(text, Dialect::simpleo3);
  exercise(text, std::nullopt);
  return 0;
}
