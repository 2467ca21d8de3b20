// SPDX-License-Identifier: Apache-2.0
// What a program's meta says of what it will do.
#pragma once

#include <charconv>

#include "isa/program.h"

namespace npulse::arch {

/// The whole number under `key`; 0 when the program does not say.
inline std::int64_t meta_number(const isa::ProgramHeader& header, const std::string& key) {
  const auto found = header.meta.find(key);
  std::int64_t value = 0;
  if (found == header.meta.end()) return value;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
  return value;
}

/// Bytes that the program plans to move to and from memory.
inline std::int64_t planned_bytes(const isa::ProgramHeader& header) {
  return meta_number(header, "plan.dram_read_bytes") + meta_number(header, "plan.dram_write_bytes");
}

}  // namespace npulse::arch
