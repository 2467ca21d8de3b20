// SPDX-License-Identifier: Apache-2.0
#include "isa/checking/findings.h"

#include <fmt/format.h>

namespace npulse::isa::checking {

std::string short_text(const Place& place) {
  return place.line ? fmt::format("line {}", place.line)
                    : fmt::format("core {} #{}", place.core, place.index);
}

std::string Findings::where(const Place& place) const {
  return place.line ? fmt::format("{}:{}", program_, place.line)
                    : fmt::format("{}: {}", program_, short_text(place));
}

void Findings::error(std::string message, std::string hint) {
  if (++report_.error_count > CheckReport::kMaxFindings) return;
  report_.errors.push_back({program_, std::move(message), std::move(hint)});
}

void Findings::warning(std::string message, std::string hint) {
  if (++report_.warning_count > CheckReport::kMaxFindings) return;
  report_.warnings.push_back({program_, std::move(message), std::move(hint)});
}

}  // namespace npulse::isa::checking
