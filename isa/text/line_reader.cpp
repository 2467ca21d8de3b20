// SPDX-License-Identifier: Apache-2.0
#include "isa/text/line_reader.h"

#include <limits>

namespace npulse::isa::text {

bool LineReader::next() {
  line_.clear();
  too_long_ = false;
  std::streambuf& buffer = *in_.rdbuf();
  int c = buffer.sbumpc();
  if (c == std::char_traits<char>::eof()) return false;
  if (number_ < std::numeric_limits<std::uint32_t>::max()) ++number_;
  for (; c != std::char_traits<char>::eof() && c != '\n'; c = buffer.sbumpc()) {
    if (line_.size() < kMaxLine) {
      line_ += static_cast<char>(c);
    } else {
      too_long_ = true;
    }
  }
  return true;
}

}  // namespace npulse::isa::text
