// SPDX-License-Identifier: Apache-2.0
// A trace file as a stream of bytes, plain or gzip by its first two bytes.
#pragma once

#include <boost/iostreams/filtering_stream.hpp>
#include <cstdint>
#include <fstream>
#include <string>

namespace npulse::traces {

class TraceInput {
 public:
  /// Throws InputError when the file cannot be read.
  explicit TraceInput(const std::string& path);

  std::istream& stream() { return stream_; }
  /// Share of the file that was read.
  double fraction();

 private:
  std::ifstream file_;
  double size_ = 0;
  boost::iostreams::filtering_istream stream_;
};

}  // namespace npulse::traces
