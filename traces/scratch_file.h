// SPDX-License-Identifier: Apache-2.0
// A nameless file for what does not fit in memory; it is gone when the object is.
#pragma once

#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/stream.hpp>
#include <filesystem>
#include <memory>

#include "isa/binary/byte_source.h"

namespace npulse::traces {

class ScratchFile {
 public:
  /// Throws InputError when `folder` cannot hold one.
  explicit ScratchFile(const std::filesystem::path& folder);

  std::ostream& stream() { return stream_; }
  /// What was written, once it is; lives on its own. Throws InputError when a write failed.
  std::unique_ptr<isa::ByteSource> written();

 private:
  std::string folder_;
  boost::iostreams::stream<boost::iostreams::file_descriptor> stream_;
};

}  // namespace npulse::traces
