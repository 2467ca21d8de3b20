// SPDX-License-Identifier: Apache-2.0
#include "sim/core/provenance.h"

namespace npulse {
namespace {

constexpr EnumName<Mark> kMarks[] = {
    {Mark::vendor, "vendor"},
    {Mark::paper, "paper"},
    {Mark::mlperf, "mlperf"},
    {Mark::press, "press"},
    {Mark::community, "community"},
    {Mark::derived, "derived"},
    {Mark::memory, "memory"},
    {Mark::read, "read"},
    {Mark::measured, "measured"},
    {Mark::assumed, "assumed"},
    {Mark::unverified, "unverified"},
    {Mark::none, "none"},
    {Mark::set, "set"},
    {Mark::by_default, "default"},
};

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string{text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1)};
}

/// The position after the quoted scalar that begins at `from`.
std::size_t skip_quoted(std::string_view line, std::size_t from) {
  const char quote = line[from];
  for (std::size_t i = from + 1; i < line.size(); ++i) {
    if (line[i] == '\\' && quote == '"') {
      ++i;
    } else if (line[i] == quote) {
      return i + 1;
    }
  }
  return line.size();
}

}  // namespace

std::span<const EnumName<Mark>> enum_names(Mark) {
  return kMarks;
}

Provenance parse_comment(std::string_view comment) {
  const std::size_t colon = comment.find(':');
  const auto mark = parse_enum<Mark>(trimmed(comment.substr(0, colon)));
  if (!mark) return {{}, {}, Mark::none, trimmed(comment)};
  const bool bare = colon == std::string_view::npos;
  return {{}, {}, *mark, bare ? "" : trimmed(comment.substr(colon + 1))};
}

std::string_view trailing_comment(std::string_view line, std::size_t column) {
  bool token_start = true;  // where a quote opens a scalar and '#' a comment
  for (std::size_t i = column; i < line.size();) {
    const char c = line[i];
    if (c == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) {
      return line.substr(i + 1);
    }
    const bool quoted = token_start && (c == '"' || c == '\'');
    i = quoted ? skip_quoted(line, i) : i + 1;
    token_start = !quoted && std::string_view{" \t[{,:"}.find(c) != std::string_view::npos;
  }
  return {};
}

}  // namespace npulse
