// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/protobuf_wire.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace npulse::importers::protobuf {

std::string Message::where() const {
  return fmt::format("{}:byte {}", *file_, offset_ + at_);
}

std::string_view Message::take(std::uint64_t count) {
  if (count > bytes_.size() - at_) {
    throw InputError{
        where(), fmt::format("{} bytes are to come, but {} are left", count, bytes_.size() - at_)};
  }
  const std::string_view taken = bytes_.substr(at_, static_cast<std::size_t>(count));
  at_ += taken.size();
  return taken;
}

std::uint64_t Message::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(take(1)[0]);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw InputError{where(), "a number of more than 64 bits"};
}

std::optional<Field> Message::next() {
  if (at_end()) return std::nullopt;
  const std::string start = where();
  const std::uint64_t key = varint();
  Field field;
  field.number = key >> 3;
  const auto fixed = [&](std::uint64_t count) {
    const std::string_view bytes = take(count);
    for (std::size_t i = bytes.size(); i-- > 0;) {
      field.value = field.value << 8 | static_cast<unsigned char>(bytes[i]);
    }
  };
  switch (key & 7) {
    case 0:
      field.value = varint();
      break;
    case 1:
      fixed(8);
      break;
    case 2:
      field.bytes = take(varint());
      break;
    case 5:
      fixed(4);
      break;
    default:
      throw InputError{start, "is no field of a protobuf message"};
  }
  if (field.number == 0) throw InputError{start, "is no field of a protobuf message"};
  return field;
}

Message Message::within(const Field& field) const {
  const std::string_view inner = field.bytes.value_or(std::string_view{});
  const auto begin = inner.empty() ? 0 : static_cast<std::size_t>(inner.data() - bytes_.data());
  return {inner, *file_, offset_ + begin};
}

std::optional<Message> Message::next_delimited() {
  if (at_end()) return std::nullopt;
  const std::uint64_t length = varint();
  const std::size_t begin = at_;
  return Message{take(length), *file_, offset_ + begin};
}

void append_numbers(const Message& message, const Field& field, std::vector<std::uint64_t>& to) {
  if (!field.bytes) return to.push_back(field.value);
  for (Message packed = message.within(field); !packed.at_end();) to.push_back(packed.varint());
}

}  // namespace npulse::importers::protobuf
