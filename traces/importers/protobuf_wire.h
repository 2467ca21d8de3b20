// SPDX-License-Identifier: Apache-2.0
// Protobuf messages field by field, without a schema: for formats of a few fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace npulse::importers::protobuf {

struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;                ///< Of varints and fixed widths.
  std::optional<std::string_view> bytes;  ///< Of strings, messages and packed lists.
};

/// A part of a file; throws InputError that names the byte where it is damaged.
class Message {
 public:
  /// `offset`: where `bytes` begin in the file.
  Message(std::string_view bytes, const std::string& file, std::size_t offset = 0)
      : bytes_{bytes}, file_{&file}, offset_{offset} {}

  std::optional<Field> next();
  /// The message within `field`, which next() gave.
  Message within(const Field& field) const;
  /// The next message of a file in which each has its length before it; nothing at the end.
  std::optional<Message> next_delimited();
  std::uint64_t varint();
  bool at_end() const { return at_ == bytes_.size(); }
  /// `file:byte N` of what comes next.
  std::string where() const;

 private:
  std::string_view take(std::uint64_t count);

  std::string_view bytes_;
  const std::string* file_;
  std::size_t offset_, at_ = 0;
};

/// The numbers of a repeated field: one, or many packed.
void append_numbers(const Message& message, const Field& field, std::vector<std::uint64_t>& to);

}  // namespace npulse::importers::protobuf
