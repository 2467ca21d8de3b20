// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/scalesim_repairs.h"

#include <fmt/format.h>

namespace npulse::importers::scalesim {
namespace {

struct Text {
  const char* done;
  const char* refused;
};

/// In the order of Repair.
constexpr Text kTexts[kRepairs] = {
    {"removed a byte order mark", "a byte order mark"},
    {"split at tabs or semicolons", "columns separated by tabs or semicolons"},
    {"added missing last commas", "a row without its last comma: the last column is dropped"},
    {"dropped empty cells at the end of rows", "empty cells at the end of a row"},
    {"skipped blank rows", "a row of empty cells"},
    {"skipped title rows", "a title row"},
    {"read the first row, which is no header", "a layer in the first row: it is skipped"},
    {"read column 9 as the batch size", "a batch size in column 9"},
    {"read mNPUsim's types and dependencies", "mNPUsim's columns"},
};

}  // namespace

void Repairs::add(Repair repair, std::uint32_t line, std::size_t column) {
  if (strict_) {
    faults_.add(fmt::format("{}:{}:{}", file_, line, column),
                fmt::format("SCALE-Sim does not read {}", kTexts[std::size_t(repair)].refused),
                "without --strict it is repaired");
    return;
  }
  Count& count = counts_.at(std::size_t(repair));
  if (count.times++ == 0) count.first_line = line;
}

std::optional<Diagnostic> Repairs::warning() const {
  std::string text;
  for (std::size_t i = 0; i < kRepairs; ++i) {
    if (counts_[i].times == 0) continue;
    text += fmt::format("{}{} (line {}{})", text.empty() ? "" : ", ", kTexts[i].done,
                        counts_[i].first_line,
                        counts_[i].times > 1 ? fmt::format(", {} in all", counts_[i].times) : "");
  }
  if (text.empty()) return std::nullopt;
  return Diagnostic{file_, "repaired: " + text, "SCALE-Sim itself may refuse this file"};
}

}  // namespace npulse::importers::scalesim
