// SPDX-License-Identifier: Apache-2.0
// Reads one line of program text, left to right.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace npulse::isa::text {

/// What is wrong with a line, and at which column.
struct LineFault {
  std::size_t column;  ///< From 1.
  std::string message, hint;
};

class Cursor {
 public:
  explicit Cursor(std::string_view line) : line_{line} {}

  std::size_t column() const { return position_ + 1; }

  /// Skips blanks and a comment; true when nothing is left.
  bool at_end();
  /// The next character, '\0' at the end; blanks are not skipped.
  char peek() const { return position_ < line_.size() ? line_[position_] : '\0'; }
  bool take(char c);
  bool take(std::string_view text);
  /// Takes `c` or throws; `after` names what came before it.
  void expect(char c, const char* after);

  /// Letters, digits, `_`, `.` and `-`, as far as they go; may be empty.
  std::string_view word();
  /// The same without `-`, which may follow a name as an operator.
  std::string_view name();
  /// A text in quotes, escapes resolved.
  std::string quoted();

  std::uint64_t unsigned_number(std::uint64_t max);
  std::int64_t signed_number();
  double real();

  [[noreturn]] void fail(std::string message, std::string hint = {}) const;
  [[noreturn]] void fail_at(std::size_t column, std::string message, std::string hint = {}) const;
  /// What stands here, for a message.
  std::string found() const;

 private:
  char escaped();
  /// Digits of a whole number and its base; throws when there are none.
  std::uint64_t magnitude(std::uint64_t max, const char* range);

  std::string_view line_;
  std::size_t position_ = 0;
};

/// Text from the input, safe to print: clipped, control characters as `?`.
std::string printable(std::string_view text);

}  // namespace npulse::isa::text
