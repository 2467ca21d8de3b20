// SPDX-License-Identifier: Apache-2.0
#include "isa/functional/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <regex>

#include "isa/functional/numbers.h"
#include "sim/core/error.h"
#include "sim/core/file_text.h"
#include "sim/core/output_file.h"

namespace npulse::isa::functional {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64, kBeforeHeader = 10;  // of version 1
constexpr std::uint64_t kMaxHeader = 2000;                  // std::regex recurses on each byte

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what,
                         const std::string& hint = {}) {
  throw InputError{path.string(), what, hint};
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

/// Kind and bytes of an element, as in '<f4'.
struct ElementType {
  char kind;
  std::size_t bytes;
};

double number(std::string_view bytes, char kind) {
  const std::uint64_t bits = little_endian(bytes);
  if (kind == 'f') {
    if (bytes.size() == 8) return std::bit_cast<double>(bits);
    return decode(bytes.size() == 4 ? DataType::fp32 : DataType::fp16,
                  static_cast<std::uint32_t>(bits));
  }
  const auto unused = static_cast<int>(64 - 8 * bytes.size());
  if (kind == 'i') return static_cast<double>(static_cast<std::int64_t>(bits << unused) >> unused);
  return static_cast<double>(bits);
}

ElementType element_type(const std::filesystem::path& path, const std::string& text) {
  static const std::regex form{"[<|]([fiub])([1248])"};
  std::smatch parts;
  if (!std::regex_match(text, parts, form) || (parts[1] == "f" && parts[2] == "1"))
    refuse(path, fmt::format("elements of type '{}'", text),
           "use little-endian integers, float16, float32 or float64");
  return {parts.str(1)[0], static_cast<std::size_t>(parts.str(2)[0] - '0')};
}

std::string field(const std::filesystem::path& path, const std::string& header, const char* form) {
  std::smatch parts;
  if (!std::regex_search(header, parts, std::regex{form})) refuse(path, "its header is damaged");
  return parts.str(1);
}

std::vector<std::int64_t> shape_of(const std::filesystem::path& path, const std::string& text,
                                   std::size_t most) {
  static const std::regex extent{"[0-9]{1,18}"};
  std::vector<std::int64_t> shape;
  __extension__ __int128 product = 1;
  for (std::sregex_iterator it{text.begin(), text.end(), extent}, end; it != end; ++it) {
    shape.push_back(std::stoll(it->str()));
    product *= shape.back();
    if (product > static_cast<__int128_t>(most)) refuse(path, "it is shorter than its shape says");
  }
  return shape;
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    refuse(path, "is no file", "check that it exists, and is neither a folder nor a device");
  return read_whole(path.string(), std::filesystem::file_size(path));
}

Array read_npy(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  const std::string_view all{bytes};
  if (all.size() < kBeforeHeader + 2 || all.substr(0, kMagic.size()) != kMagic)
    refuse(path, "is no .npy file", "write it with numpy.save");
  const std::size_t width = all[kMagic.size()] == 1 ? 2 : 4, begin = kMagic.size() + 2 + width;
  const std::uint64_t length = little_endian(all.substr(kMagic.size() + 2, width));
  if (length > all.size() - begin) refuse(path, "its header is cut off");
  if (length > kMaxHeader) refuse(path, fmt::format("its header has {} bytes", length));
  const std::string header{all.substr(begin, length)};
  const ElementType type = element_type(path, field(path, header, "'descr': *'([^']*)'"));
  if (field(path, header, "'fortran_order': *(True|False)") == "True")
    refuse(path, "is in column-major order", "save numpy.ascontiguousarray of it");
  const std::string_view data = all.substr(begin + length);
  const std::size_t elements = data.size() / type.bytes;
  Array array{shape_of(path, field(path, header, "'shape': *\\(([0-9, ]*)\\)"), elements), {}};
  std::size_t count = 1;
  for (const std::int64_t extent : array.shape) count *= static_cast<std::size_t>(extent);
  if (count > elements) refuse(path, "it is shorter than its shape says");
  for (std::size_t i = 0; i < count; ++i)
    array.values.push_back(number(data.substr(i * type.bytes, type.bytes), type.kind));
  return array;
}

void write_npy(const std::filesystem::path& path, const Array& array, DataType type) {
  const DataType stored = type == DataType::i4 ? DataType::i8
                          : is_integer(type)   ? type
                                               : DataType::fp32;
  const auto size = static_cast<std::size_t>(bits_of(stored) / 8);
  std::string header =
      fmt::format("{{'descr': '{}{}{}', 'fortran_order': False, 'shape': ({}{}), }}",
                  size == 1 ? '|' : '<', is_integer(stored) ? 'i' : 'f', size,
                  fmt::join(array.shape, ", "), array.shape.size() == 1 ? "," : "");
  header.resize(
      (kBeforeHeader + header.size() + kAlignment) / kAlignment * kAlignment - kBeforeHeader, ' ');
  header.back() = '\n';
  OutputFile out{path};
  const auto length = static_cast<std::uint16_t>(header.size());
  out.stream() << kMagic << '\x01' << '\0' << static_cast<char>(length & 0xff)
               << static_cast<char>(length >> 8) << header;
  for (const double value : array.values) {
    const std::uint32_t code = encode(stored, value);
    for (std::size_t b = 0; b < size; ++b) out.stream() << static_cast<char>(code >> (8 * b));
  }
  out.commit();
}

}  // namespace npulse::isa::functional
