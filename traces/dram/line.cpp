// SPDX-License-Identifier: Apache-2.0
#include "traces/dram/line.h"

#include <fmt/format.h>

#include "traces/dram/tokens.h"

namespace npulse::traces {
namespace {

/// Reads word after word; the first fault ends the line.
class LineParser {
 public:
  explicit LineParser(std::string_view line) : tokens_{line}, word_{tokens_.next()} {}

  LineAccesses native() {
    access_.source = static_cast<std::uint32_t>(
        value(decimal(word_.text), 0, kMaxSources - 1, "a source (0 to 4095)"));
    advance();
    direction("R", "W");
    address(hexadecimal(word_.text), "an address with 0x");
    if (!word_.text.empty() && word_.text[0] != '@') bytes(word_.text);
    if (!word_.text.empty()) cycle(word_.text[0] == '@' ? word_.text.substr(1) : "");
    return finish();
  }

  LineAccesses stl() {
    std::string_view time = word_.text;
    if (time.ends_with(':')) time.remove_suffix(1);
    cycle(time);
    if (word_.text.starts_with('(')) bytes(inside_brackets());
    direction("read", "write");
    address(hexadecimal(word_.text), "an address with 0x");
    if (!word_.text.empty()) data();
    return finish();
  }

  LineAccesses ramulator() {
    direction("LD", "ST");
    const auto hex = hexadecimal(word_.text);
    address(hex ? hex : decimal(word_.text), "an address, decimal or with 0x");
    return finish();
  }

  LineAccesses dramsim3() {
    address(hexadecimal(word_.text), "an address with 0x");
    direction("READ", "WRITE");
    cycle(word_.text);
    return finish();
  }

  /// A core that runs BUBBLES instructions, then loads, then may store: only the accesses count.
  LineAccesses simpleo3() {
    value(decimal(word_.text), 0, INT32_MAX, "a number of instructions (0 to 2147483647)");
    advance();
    address(decimal(word_.text), "a decimal address");
    LineAccesses accesses{access_};
    if (!word_.text.empty()) {
      address(decimal(word_.text), "a decimal address");
      accesses.second = access_;
      accesses.second->write = true;
    }
    finish();
    return accesses;
  }

 private:
  [[noreturn]] void fail(std::string_view wanted) const {
    throw LineFault{word_.column, word_.text.empty()
                                      ? fmt::format("the line ends; {} is missing", wanted)
                                      : fmt::format("'{:.40}' is not {}", word_.text, wanted)};
  }
  void advance() { word_ = tokens_.next(); }

  std::uint64_t value(std::optional<std::uint64_t> number, std::uint64_t least, std::uint64_t most,
                      std::string_view wanted) const {
    if (!number || *number < least || *number > most) fail(wanted);
    return *number;
  }
  void direction(std::string_view read, std::string_view write) {
    if (word_.text != read && word_.text != write) fail(fmt::format("{} or {}", read, write));
    access_.write = word_.text == write;
    advance();
  }
  void address(std::optional<std::uint64_t> number, std::string_view wanted) {
    access_.address = value(number, 0, UINT64_MAX, wanted);
    advance();
  }
  void bytes(std::string_view text) {
    const auto most = static_cast<std::uint64_t>(kMaxAccess.count());
    access_.bytes = Bytes{static_cast<std::int64_t>(
        value(decimal(text), 1, most, "a number of bytes (1 to 1048576)"))};
    advance();
  }
  void cycle(std::string_view text) {
    const auto most = static_cast<std::uint64_t>(kMaxCycle.count());
    access_.cycle =
        Cycles{static_cast<std::int64_t>(value(decimal(text), 0, most, "a cycle (up to 10^12)"))};
    advance();
  }
  std::string_view inside_brackets() const {
    const std::string_view text = word_.text.substr(1);
    return text.ends_with(')') ? text.substr(0, text.size() - 1) : "";
  }
  /// What a write stores does not change its time: hexadecimal digits, and no more.
  void data() {
    const std::string_view digits = word_.text.substr(std::min<std::size_t>(2, word_.text.size()));
    if (!word_.text.starts_with("0x") ||
        digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
      fail("data with 0x");
    }
    advance();
  }
  LineAccesses finish() const {
    if (!word_.text.empty()) fail("the end of the line");
    return {access_};
  }

  Tokens tokens_;
  Token word_;
  MemoryAccess access_;
};

LineAccesses parse(Dialect dialect, LineParser parser) {
  switch (dialect) {
    case Dialect::native:
      return parser.native();
    case Dialect::stl:
    case Dialect::rstl:
      return parser.stl();
    case Dialect::ramulator:
      return parser.ramulator();
    case Dialect::dramsim3:
      return parser.dramsim3();
    case Dialect::simpleo3:
      return parser.simpleo3();
  }
  throw LineFault{1, "a dialect without a parser"};
}

}  // namespace

bool is_blank(std::string_view line) {
  const Token first = Tokens{line}.next();
  return first.text.empty() || first.text[0] == '#';
}

std::variant<LineAccesses, LineFault> parse_line(Dialect dialect, std::string_view line) {
  try {
    return parse(dialect, LineParser{line});
  } catch (LineFault& fault) {
    return std::move(fault);
  }
}

}  // namespace npulse::traces
