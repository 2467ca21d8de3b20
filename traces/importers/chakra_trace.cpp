// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/chakra_trace.h"

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <sstream>

#include "traces/graph/text.h"
#include "traces/importers/protobuf_wire.h"

namespace npulse::importers::chakra {
namespace {

using protobuf::Field, protobuf::Message;

constexpr std::size_t kMaxBytes = std::size_t{1} << 28;

std::string unpacked(const std::string& bytes, const std::string& file) {
  if (bytes.compare(0, 2, "\x1f\x8b") != 0) return bytes;
  std::istringstream packed{bytes};
  boost::iostreams::filtering_istream in;
  in.push(boost::iostreams::gzip_decompressor{});
  in.push(packed);
  in.exceptions(std::ios::badbit);
  std::string text, chunk(std::size_t{1} << 16, '\0');
  try {
    do {
      in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
      text.append(chunk, 0, static_cast<std::size_t>(in.gcount()));
    } while (in && text.size() <= kMaxBytes);
  } catch (const std::exception&) {
    throw InputError{file, "is damaged gzip"};
  }
  if (text.size() > kMaxBytes) throw InputError{file, "unpacks to more than 256 MiB"};
  return text;
}

std::string text_of(const Message& message, const Field& field) {
  std::string text{field.bytes.value_or(std::string_view{})};
  if (graph::first_malformed(text)) throw InputError{message.where(), "a name is not UTF-8"};
  return text;
}

/// One of many typed values; fields as in the schema.
void read_attribute(Message message, Node& node) {
  enum : std::uint64_t {
    name_field = 1,
    int32_field = 7,
    sint32_field = 15,
    sint64_field = 17,
    sfixed64_field = 25,
    bool_field = 27,
    string_field = 29
  };
  std::string name, text;
  std::uint64_t number = 0;
  bool has_number = false;
  while (const auto field = message.next()) {
    if (field->number == name_field) name = text_of(message, *field);
    if (field->number == string_field) text = text_of(message, *field);
    if (field->bytes || field->number < int32_field || field->number > bool_field) continue;
    const bool zigzag = field->number == sint32_field || field->number == sint64_field;
    number = zigzag ? field->value >> 1 ^ (~(field->value & 1) + 1) : field->value;
    has_number = true;
  }
  if (name == "is_cpu_op" && has_number) node.is_cpu_op = number != 0;
  if (name == "pg_name") node.group = text;
  if (has_number) node.numbers[name] = number;
}

Node read_node(Message message) {
  Node node;
  node.where = message.where();
  bool has_id = false;
  while (const auto field = message.next()) {
    switch (field->number) {
      case 1:
        node.id = field->value;
        has_id = !field->bytes;
        break;
      case 2:
        node.name = text_of(message, *field);
        break;
      case 3:
        node.type = static_cast<NodeType>(field->value);
        break;
      case 4:
      case 5:
        protobuf::append_numbers(message, *field, node.dependencies);
        break;
      case 6:
        node.start_micros = field->value;
        break;
      case 7:
        node.duration_micros = field->value;
        break;
      case 10:
        read_attribute(message.within(*field), node);
        break;
      default:
        break;  // shapes and values of tensors
    }
  }
  // proto3 leaves out zeros: node 0 has no id.
  if (!has_id) node.id = 0;
  return node;
}

}  // namespace

std::vector<Node> read_trace(const std::string& bytes, const std::string& file) {
  const std::string text = unpacked(bytes, file);
  Message messages{text, file};
  if (!messages.next_delimited()) throw InputError{file, "is empty"};  // the metadata
  std::vector<Node> nodes;
  while (const auto message = messages.next_delimited()) nodes.push_back(read_node(*message));
  if (nodes.empty()) throw InputError{file, "holds no node"};
  return nodes;
}

}  // namespace npulse::importers::chakra
