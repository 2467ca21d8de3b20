// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/mapping.h"

#include <algorithm>

namespace npulse::lowering {

std::span<const EnumName<Loop>> enum_names(Loop) {
  static constexpr EnumName<Loop> kNames[] = {
      {Loop::batch, "batch"}, {Loop::m, "m"}, {Loop::n, "n"}, {Loop::p, "p"}, {Loop::q, "q"},
      {Loop::k, "k"},         {Loop::c, "c"}, {Loop::r, "r"}, {Loop::s, "s"}};
  return kNames;
}

std::span<const EnumName<Knob>> enum_names(Knob) {
  static constexpr EnumName<Knob> kNames[] = {{Knob::panel, "panel"},
                                              {Knob::keep_operands, "keep_operands"},
                                              {Knob::keep_output, "keep_output"},
                                              {Knob::pack_weights, "pack_weights"},
                                              {Knob::gather, "gather"}};
  return kNames;
}

bool fits_pattern(std::string_view pattern, std::string_view text) {
  std::size_t at = 0, star = std::string_view::npos, after_star = 0, resumed = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      after_star = at, resumed = i;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[i])) {
      ++at, ++i;
    } else if (star != std::string_view::npos) {
      at = after_star, i = ++resumed;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

const LayerMapping* Mapping::find(const std::string& layer) const {
  const auto named = [&](const LayerMapping& entry) { return entry.name == layer; };
  const auto fits = [&](const LayerMapping& entry) { return fits_pattern(entry.name, layer); };
  auto found = std::find_if(layers.begin(), layers.end(), named);
  if (found == layers.end()) found = std::find_if(layers.begin(), layers.end(), fits);
  if (found != layers.end()) return &*found;
  return rest ? &*rest : nullptr;
}

}  // namespace npulse::lowering
