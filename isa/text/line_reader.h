// SPDX-License-Identifier: Apache-2.0
// Reads a stream line by line in bounded memory.
#pragma once

#include <cstdint>
#include <istream>
#include <string>

namespace npulse::isa::text {

class LineReader {
 public:
  static constexpr std::size_t kMaxLine = std::size_t{1} << 19;

  explicit LineReader(std::istream& in) : in_{in} {}

  /// Reads the next line without its end; false after the last.
  bool next();
  const std::string& line() const { return line_; }
  std::uint32_t number() const { return number_; }
  /// The line was longer than kMaxLine; line() holds its beginning and the rest is skipped.
  bool too_long() const { return too_long_; }

 private:
  std::istream& in_;
  std::string line_;
  std::uint32_t number_ = 0;
  bool too_long_ = false;
};

}  // namespace npulse::isa::text
