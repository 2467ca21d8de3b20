// SPDX-License-Identifier: Apache-2.0
#include "traces/dram/output.h"

#include <boost/iostreams/filter/gzip.hpp>

namespace npulse::traces {

TraceOutput::TraceOutput(const std::filesystem::path& target) : file_{target} {
  if (target.extension() == ".gz") stream_.push(boost::iostreams::gzip_compressor{});
  stream_.push(file_.stream());
}

void TraceOutput::commit() {
  // Closing the chain writes what the compressor still holds; a failure stays in the file's state.
  const bool written = stream_.good();
  stream_.reset();
  if (!written) file_.stream().setstate(std::ios::badbit);
  file_.commit();
}

}  // namespace npulse::traces
