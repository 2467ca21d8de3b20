// SPDX-License-Identifier: Apache-2.0
// A program executed on real values, without time: arrays in by name of tensor, arrays out.
#pragma once

#include <functional>

#include "isa/checker.h"
#include "isa/functional/array.h"

namespace npulse::isa::functional {

/// In which order instructions that nothing orders are executed. `one`: each queue as soon as it
/// can. `all`: also once for every queue of every core with that queue as late as possible. Any two
/// instructions in a race are then executed in both orders.
enum class Orders : std::uint8_t { one, all };
std::span<const EnumName<Orders>> enum_names(Orders);

/// Bytes put into dram as they are.
struct RawInput {
  Address at = 0;
  std::vector<std::uint8_t> bytes;
};

struct RunOptions {
  Arrays inputs;              ///< Tensors that are not given get random values.
  std::vector<RawInput> raw;  ///< After the tensors.
  std::uint64_t seed = 1;     ///< Of random values.
  Orders orders = Orders::one;
  Bytes memory_limit{std::int64_t{8} << 30};  ///< Of the host, for all images.
  std::function<void()> poll;                 ///< Called now and then; may throw to stop.
};

struct Output {
  DataType type = DataType::i8;
  Array array;
};

/// An order whose result differs from that of the first.
struct OrderDifference {
  std::string order;  ///< `core 0: ld as late as possible`
  std::string what;   ///< The first tensor and element, or byte, that differs, and both values.
};

struct RunResult {
  std::map<std::string, Output> outputs;  ///< Tensors of role output and state, of the first order.
  std::vector<OrderDifference> differences;
  std::vector<std::string> warnings;  ///< What the program says it does not compute exactly.
  std::uint64_t instructions = 0;     ///< Of one order.
  std::uint32_t orders = 0;
};

/// Throws InputError when the program does not fit the chip, an input does not fit the program or
/// an address lies outside its memory; DeadlockError, naming who waits for what, when instructions
/// are left.
RunResult run(const Program& program, const CheckTarget& target, const RunOptions& options);

}  // namespace npulse::isa::functional
