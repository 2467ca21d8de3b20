// SPDX-License-Identifier: Apache-2.0
// Bytes of a payload: variable-length integers, fixed doubles and length-prefixed blocks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace npulse::isa::binary {

/// What is wrong with a payload, and at which of its bytes.
struct WireFault {
  std::size_t offset;
  std::string message;
};

/// The form of a field's value, so that an unknown field can be stepped over.
enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, block = 2 };

class WireWriter {
 public:
  void varint(std::uint64_t value);
  void zigzag(std::int64_t value);
  void fixed64(std::uint64_t value);
  void block(std::string_view bytes);
  void tag(int id, WireType type);

  const std::string& bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

/// Every method throws WireFault rather than read past the end.
class WireReader {
 public:
  /// `base`: what offset() says at the first byte.
  explicit WireReader(std::string_view bytes, std::size_t base = 0) : bytes_{bytes}, base_{base} {}

  bool at_end() const { return position_ == bytes_.size(); }
  std::size_t offset() const { return base_ + position_; }

  std::uint64_t varint();
  /// A varint that must not pass `max`.
  std::uint64_t bounded(std::uint64_t max, const char* what);
  std::int64_t zigzag();
  std::uint64_t fixed64();
  /// The bytes of a block; they live as long as the reader's.
  std::string_view block();
  /// A reader of a block's bytes.
  WireReader nested();

  struct Tag {
    std::uint64_t id;
    WireType type;
  };
  Tag tag();
  void skip(WireType type);

  [[noreturn]] void fail(std::string message) const;

 private:
  std::string_view bytes_;
  std::size_t base_;
  std::size_t position_ = 0;
};

}  // namespace npulse::isa::binary
