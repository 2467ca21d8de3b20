// SPDX-License-Identifier: Apache-2.0
// A text file being written, compressed with gzip when its name ends in .gz; whole or absent.
#pragma once

#include <boost/iostreams/filtering_stream.hpp>
#include <filesystem>

#include "sim/core/output_file.h"

namespace npulse::traces {

class TraceOutput {
 public:
  /// Throws InputError when the place cannot be written.
  explicit TraceOutput(const std::filesystem::path& target);

  std::ostream& stream() { return stream_; }
  /// Throws InputError when a write had failed.
  void commit();

 private:
  OutputFile file_;
  boost::iostreams::filtering_ostream stream_;
};

}  // namespace npulse::traces
