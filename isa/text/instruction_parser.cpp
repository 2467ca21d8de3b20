// SPDX-License-Identifier: Apache-2.0
#include "isa/text/instruction_parser.h"

#include <fmt/format.h>

#include "isa/limits.h"
#include "isa/text/record.h"

namespace npulse::isa::text {
namespace {

/// An Operation that holds a default-made operation of `opcode`.
template <std::size_t I = 0>
Operation make_operation(Opcode opcode) {
  if constexpr (I + 1 < std::variant_size_v<Operation>) {
    if (static_cast<std::size_t>(opcode) != I) return make_operation<I + 1>(opcode);
  }
  return Operation{std::in_place_index<I>};
}

template <class Map>
auto look_up(Cursor& in, const Map& map, const char* what) {
  const std::size_t column = in.column();
  const std::string_view name = in.name();
  const auto found = map.find(name);
  if (found == map.end()) {
    std::vector<std::string> known;
    for (const auto& entry : map) known.push_back(entry.first);
    fail_unknown(in, column, what, name, known);
  }
  return found->second;
}

template <class Entry, class ParseEntry>
void parse_list(Cursor& in, std::vector<Entry>& list, ParseEntry parse_entry) {
  do {
    if (in.at_end()) in.fail("the name of an event is missing");
    if (list.size() == kMaxWaits) in.fail(fmt::format("over {} waits or signals", kMaxWaits));
    parse_entry(list.emplace_back());
  } while (in.take(','));
}

void parse_waits(Cursor& in, const Names& names, Instruction& out) {
  parse_list(in, out.waits, [&](Wait& wait) {
    wait.event = look_up(in, names.events, "event");
    if (!in.take(">="))
      in.fail(fmt::format("expected '>=', found {}", in.found()), "as in 'wait ready>=1'");
    parse(in, wait.count);
    parse_steps(in, wait.steps);
  });
}

void parse_signals(Cursor& in, const Names& names, Instruction& out) {
  parse_list(in, out.signals, [&](Signal& signal) {
    signal.event = look_up(in, names.events, "event");
    in.expect('+', "the event");
    parse(in, signal.amount);
  });
}

/// Everything after the opcode.
template <class Op>
void parse_operands(Cursor& in, std::size_t column, const Names& names, Op& op, Instruction& out) {
  Seen seen;
  parse_leading(in, op);
  while (!in.at_end() && in.peek() != '{') {
    const std::size_t begin = in.column();
    const std::string_view word = in.name();
    if (word == "wait" && (in.at_end() || in.peek() != '=')) {
      parse_waits(in, names, out);
    } else if (word == "signal" && (in.at_end() || in.peek() != '=')) {
      parse_signals(in, names, out);
    } else {
      parse_field(in, begin, word, op, seen);
    }
    expect_gap(in);
  }
  check_complete(in, column, op, seen);
}

/// The opcode; a queue's name before it is taken into `out`.
std::string_view parse_head(Cursor& in, std::size_t& column, const Names& names, Instruction& out) {
  column = in.column();
  Cursor ahead = in;
  std::string_view word = in.name();
  if (in.peek() != ':') return word;
  out.queue = look_up(ahead, names.queues, "queue");
  in.take(':');
  if (in.at_end()) in.fail("the opcode is missing");
  column = in.column();
  return in.name();
}

std::vector<std::string> names_of_opcodes() {
  auto names = all_names<Opcode>();
  std::erase(names, "endloop");  // written as '}'
  std::erase(names, "endmark");
  return names;
}

}  // namespace

Instruction parse_instruction(Cursor& in, const Names& names) {
  Instruction out;
  std::size_t column = 0;
  const std::string_view word = parse_head(in, column, names, out);
  const auto opcode = parse_enum<Opcode>(word);
  if (!opcode || *opcode == Opcode::endloop || *opcode == Opcode::endmark) {
    fail_unknown(in, column, "opcode", word, names_of_opcodes());
  }
  out.operation = make_operation(*opcode);
  expect_gap(in);
  std::visit([&](auto& op) { parse_operands(in, column, names, op, out); }, out.operation);
  return out;
}

}  // namespace npulse::isa::text
