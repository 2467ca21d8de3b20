// SPDX-License-Identifier: Apache-2.0
// How each type of field is written and read in binary: encode() and decode() are inverse.
#pragma once

#include <fmt/format.h>

#include <bit>
#include <limits>

#include "isa/binary/wire.h"
#include "isa/fields.h"

namespace npulse::isa::binary {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
constexpr WireType wire_type() {
  if constexpr (IsOptional<T>::value) {
    return wire_type<typename T::value_type>();
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    return WireType::varint;
  } else if constexpr (std::is_floating_point_v<T>) {
    return WireType::fixed64;
  } else {
    return WireType::block;
  }
}

inline void encode(WireWriter& out, std::int64_t value) {
  out.zigzag(value);
}
inline void encode(WireWriter& out, double value) {
  out.fixed64(std::bit_cast<std::uint64_t>(value));
}
inline void encode(WireWriter& out, const std::string& value) {
  out.block(value);
}
void encode(WireWriter& out, const Extents& value);
void encode(WireWriter& out, const Operand& value);
void encode(WireWriter& out, const Wait& value);
void encode(WireWriter& out, const Signal& value);
void encode(WireWriter& out, const QueueDecl& value);
void encode(WireWriter& out, const EventDecl& value);
void encode(WireWriter& out, const TensorDecl& value);
void encode(WireWriter& out, const std::pair<const std::string, std::string>& value);

inline void decode(WireReader& in, std::int64_t& value) {
  value = in.zigzag();
}
inline void decode(WireReader& in, double& value) {
  value = std::bit_cast<double>(in.fixed64());
}
inline void decode(WireReader& in, std::string& value) {
  value = in.block();
}
void decode(WireReader& in, Extents& value);
void decode(WireReader& in, Operand& value);
void decode(WireReader& in, Wait& value);
void decode(WireReader& in, Signal& value);
void decode(WireReader& in, QueueDecl& value);
void decode(WireReader& in, EventDecl& value);
void decode(WireReader& in, TensorDecl& value);
void decode(WireReader& in, std::pair<std::string, std::string>& value);

template <class T>
requires std::is_unsigned_v<T>
void encode(WireWriter& out, T value) {
  out.varint(value);
}

template <class T>
requires std::is_unsigned_v<T>
void decode(WireReader& in, T& value) {
  value = static_cast<T>(in.bounded(std::numeric_limits<T>::max(), "a number"));
}

/// By the enumerator's number: enumerators are only ever added at the end.
template <NamedEnum E>
void encode(WireWriter& out, E value) {
  out.varint(static_cast<std::uint64_t>(value));
}

template <NamedEnum E>
void decode(WireReader& in, E& value) {
  value = static_cast<E>(in.bounded(enum_names(E{}).size() - 1, "an enumerator"));
}

template <class T>
void encode(WireWriter& out, const std::optional<T>& value) {
  encode(out, *value);
}

template <class T>
void decode(WireReader& in, std::optional<T>& value) {
  decode(in, value.emplace());
}

template <class T>
void encode_field(WireWriter& out, int id, const T& value) {
  out.tag(id, wire_type<T>());
  encode(out, value);
}

/// Reads a field's value, refusing another form than the one its type has.
template <class T>
void decode_field(WireReader& in, WireReader::Tag tag, T& value) {
  if (tag.type != wire_type<T>()) in.fail(fmt::format("field {} has the wrong form", tag.id));
  decode(in, value);
}

}  // namespace npulse::isa::binary
