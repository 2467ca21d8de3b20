// SPDX-License-Identifier: Apache-2.0
#include "isa/binary/compression.h"

#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>

namespace npulse::isa {

std::span<const EnumName<Compression>> enum_names(Compression) {
  static constexpr EnumName<Compression> kNames[] = {
      {Compression::none, "none"}, {Compression::gzip, "gzip"}, {Compression::zstd, "zstd"}};
  return kNames;
}

namespace binary {
namespace {

namespace io = boost::iostreams;

std::optional<std::string> read_exactly(std::streambuf& in, std::size_t size) {
  std::string bytes(size, '\0');
  const auto got = in.sgetn(bytes.data(), static_cast<std::streamsize>(size));
  const bool ends = in.sgetc() == std::char_traits<char>::eof();
  if (static_cast<std::size_t>(got) != size || !ends) return std::nullopt;
  return bytes;
}

}  // namespace

std::string compress(std::string_view bytes, Compression compression) {
  if (compression == Compression::none) return std::string{bytes};
  std::string result;
  io::filtering_ostreambuf out;
  if (compression == Compression::zstd) out.push(io::zstd_compressor{});
  if (compression == Compression::gzip) out.push(io::gzip_compressor{});
  out.push(io::back_inserter(result));
  out.sputn(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.reset();
  return result;
}

std::optional<std::string> expand(std::string_view bytes, Compression compression,
                                  std::size_t size) {
  if (compression == Compression::none) {
    return bytes.size() == size ? std::optional{std::string{bytes}} : std::nullopt;
  }
  try {
    io::filtering_istreambuf in;
    if (compression == Compression::zstd) in.push(io::zstd_decompressor{});
    if (compression == Compression::gzip) in.push(io::gzip_decompressor{});
    in.push(io::array_source{bytes.data(), bytes.size()});
    return read_exactly(in, size);
  } catch (const std::ios_base::failure&) {  // also what the filters throw on damage
    return std::nullopt;
  }
}

}  // namespace binary
}  // namespace npulse::isa
