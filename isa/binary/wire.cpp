// SPDX-License-Identifier: Apache-2.0
#include "isa/binary/wire.h"

#include <fmt/format.h>

namespace npulse::isa::binary {
namespace {

constexpr int kTypeBits = 2;

}  // namespace

void WireWriter::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

void WireWriter::zigzag(std::int64_t value) {
  const auto sign = static_cast<std::uint64_t>(value >> 63);
  varint((static_cast<std::uint64_t>(value) << 1) ^ sign);
}

void WireWriter::fixed64(std::uint64_t value) {
  for (int i = 0; i < 8; ++i) bytes_ += static_cast<char>(value >> (8 * i));
}

void WireWriter::block(std::string_view bytes) {
  varint(bytes.size());
  bytes_ += bytes;
}

void WireWriter::tag(int id, WireType type) {
  varint((static_cast<std::uint64_t>(id) << kTypeBits) | static_cast<std::uint64_t>(type));
}

std::uint64_t WireReader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (at_end()) fail("a number is cut off");
    const auto byte = static_cast<unsigned char>(bytes_[position_++]);
    if (shift == 63 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  fail("a number has over 64 bits");
}

std::uint64_t WireReader::bounded(std::uint64_t max, const char* what) {
  const std::uint64_t value = varint();
  if (value > max) fail(fmt::format("{} is {}, allowed: up to {}", what, value, max));
  return value;
}

std::int64_t WireReader::zigzag() {
  const std::uint64_t value = varint();
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

std::uint64_t WireReader::fixed64() {
  if (bytes_.size() - position_ < 8) fail("a number is cut off");
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[position_++])) << (8 * i);
  }
  return value;
}

std::string_view WireReader::block() {
  const std::uint64_t size = varint();
  if (size > bytes_.size() - position_)
    fail(fmt::format("a block of {} bytes passes the end", size));
  const auto bytes = bytes_.substr(position_, size);
  position_ += size;
  return bytes;
}

WireReader WireReader::nested() {
  const std::string_view bytes = block();
  return WireReader{bytes, offset() - bytes.size()};
}

WireReader::Tag WireReader::tag() {
  const std::uint64_t tag = varint();
  const std::uint64_t type = tag & ((1u << kTypeBits) - 1);
  if (type > static_cast<std::uint64_t>(WireType::block))
    fail(fmt::format("unknown wire type {}", type));
  return {tag >> kTypeBits, static_cast<WireType>(type)};
}

void WireReader::skip(WireType type) {
  switch (type) {
    case WireType::varint:
      varint();
      break;
    case WireType::fixed64:
      fixed64();
      break;
    case WireType::block:
      block();
      break;
  }
}

void WireReader::fail(std::string message) const {
  throw WireFault{offset(), std::move(message)};
}

}  // namespace npulse::isa::binary
