// SPDX-License-Identifier: Apache-2.0
// An MLCommons Chakra execution trace: the nodes of one rank.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/core/error.h"

namespace npulse::importers::chakra {

/// As the schema numbers them; `read`: mlcommons/chakra, schema/protobuf/et_def.proto.
enum class NodeType : std::uint64_t {
  invalid,
  metadata,
  mem_load,
  mem_store,
  comp,
  comm_send,
  comm_recv,
  comm_coll
};
enum class CommType : std::uint64_t {
  all_reduce,
  reduce,
  all_gather,
  gather,
  scatter,
  broadcast,
  all_to_all,
  reduce_scatter,
  reduce_scatter_block,
  barrier
};

struct Node {
  std::string where;  ///< `file:byte N`
  std::uint64_t id = 0;
  std::string name;
  NodeType type = NodeType::invalid;
  std::vector<std::uint64_t> dependencies;  ///< Control and data: ids of nodes.
  std::uint64_t start_micros = 0, duration_micros = 0;
  bool is_cpu_op = true;                         ///< As the feeder takes it when absent.
  std::map<std::string, std::uint64_t> numbers;  ///< Attributes with a whole number.
  std::string group;                             ///< Attribute `pg_name`.

  /// The attribute, or 0.
  std::uint64_t number(const std::string& attribute) const {
    const auto found = numbers.find(attribute);
    return found == numbers.end() ? 0 : found->second;
  }
};

/// Of a file's content, gzip or plain. Throws InputError that names a byte.
std::vector<Node> read_trace(const std::string& bytes, const std::string& file);

}  // namespace npulse::importers::chakra
