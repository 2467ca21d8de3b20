// SPDX-License-Identifier: Apache-2.0
// Where a binary program's bytes come from. Reading keeps no position, so that many cursors share
// one.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace npulse::isa {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills `out` from `offset` on; false when the bytes cannot be had.
  virtual bool read(std::uint64_t offset, std::span<char> out) const = 0;
};

/// Throws InputError when the file cannot be opened.
std::unique_ptr<ByteSource> open_file(const std::string& path);

/// Takes over the open file `descriptor`; `name` is for messages.
std::unique_ptr<ByteSource> open_descriptor(int descriptor, const std::string& name);

std::unique_ptr<ByteSource> open_memory(std::string bytes);

}  // namespace npulse::isa
