// SPDX-License-Identifier: Apache-2.0
// Compressed text for tests of readers and writers.
#pragma once

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <sstream>
#include <string>

namespace npulse::tests {

inline std::string gzip(const std::string& text) {
  std::ostringstream bytes;
  {
    boost::iostreams::filtering_ostream out;
    out.push(boost::iostreams::gzip_compressor{});
    out.push(bytes);
    out << text;
  }
  return bytes.str();
}

inline std::string gunzip(const std::string& bytes) {
  std::istringstream packed{bytes};
  boost::iostreams::filtering_istream in;
  in.push(boost::iostreams::gzip_decompressor{});
  in.push(packed);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace npulse::tests
