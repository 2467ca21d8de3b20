// SPDX-License-Identifier: Apache-2.0
// Writes Chakra execution traces: length-delimited protobuf messages.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace npulse::test {

struct ChakraNode {
  std::uint64_t id = 0;
  std::string name{};
  std::uint64_t type =
      4;  ///< As in the schema: 2 load, 3 store, 4 compute, 5 send, 6 receive, 7 collective.
  std::vector<std::uint64_t> dependencies{};
  std::uint64_t start = 0, duration = 0;
  std::map<std::string, std::uint64_t> numbers{};
  std::string group{};
  bool packed = true;  ///< How the dependencies are written.
};

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value & 0x7f | 0x80);
  return bytes + static_cast<char>(value);
}
inline std::string delimited(const std::string& bytes) {
  return varint(bytes.size()) + bytes;
}
inline std::string text_field(std::uint64_t number, const std::string& text) {
  return varint(number << 3 | 2) + delimited(text);
}
inline std::string number_field(std::uint64_t number, std::uint64_t value) {
  return value == 0 ? "" : varint(number << 3) + varint(value);  // proto3 leaves out zeros
}

inline std::string message(const ChakraNode& node) {
  std::string bytes =
      number_field(1, node.id) + text_field(2, node.name) + number_field(3, node.type);
  std::string packed;
  for (std::size_t i = 0; i < node.dependencies.size(); ++i) {
    packed += varint(node.dependencies[i]);
    if (!node.packed) bytes += varint((4 + i % 2) << 3) + varint(node.dependencies[i]);
  }
  if (node.packed && !packed.empty()) bytes += text_field(5, packed);
  bytes += number_field(6, node.start) + number_field(7, node.duration);
  for (const auto& [name, value] : node.numbers) {
    const std::uint64_t field = name == "is_cpu_op" ? 27
                                : value % 2         ? 9
                                                    : 13;  // bool, int64, uint64
    bytes += text_field(10, text_field(1, name) + varint(field << 3) + varint(value));
  }
  if (!node.group.empty()) {
    bytes += text_field(10, text_field(1, "pg_name") + text_field(29, node.group));
  }
  return bytes;
}

inline std::string chakra_trace(const std::vector<ChakraNode>& nodes) {
  std::string bytes = delimited(text_field(1, "0.0.4"));
  for (const ChakraNode& node : nodes) bytes += delimited(message(node));
  return bytes;
}

}  // namespace npulse::test
