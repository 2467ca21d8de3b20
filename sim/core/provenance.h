// SPDX-License-Identifier: Apache-2.0
// Where a value comes from. A YAML scalar says it in the comment that ends its line:
// `rows: 128  # vendor: data sheet rev 3, page 12`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/enum_names.h"

namespace npulse {

enum class Mark : std::uint8_t {
  vendor,
  paper,
  mlperf,
  press,
  community,
  derived,
  memory,
  read,
  measured,
  assumed,
  unverified,
  none,        ///< The file does not say.
  set,         ///< Overridden on the command line.
  by_default,  ///< Not given: the parameter's default.
};
std::span<const EnumName<Mark>> enum_names(Mark);

struct Provenance {
  std::string path;   ///< `dma.start_cycles`, `queues.0.name`.
  std::string value;  ///< As written.
  Mark mark = Mark::none;
  std::string source;
};

/// The mark and source in `comment` (without its '#'); a comment without a known mark is all
/// source.
Provenance parse_comment(std::string_view comment);

/// The comment that ends `line`, searched from `column` on; empty when there is none.
std::string_view trailing_comment(std::string_view line, std::size_t column);

}  // namespace npulse
