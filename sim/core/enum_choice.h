// SPDX-License-Identifier: Apache-2.0
// What a user wrote where one of a few names is meant.
#pragma once

#include "sim/core/enum_names.h"
#include "sim/core/error.h"

namespace npulse {

/// The value that `text` names. Throws InputError at `where` with all and the nearest names.
template <NamedEnum E>
E choose(std::string where, const std::string& text) {
  if (const auto value = parse_enum<E>(text)) return *value;
  const auto names = all_names<E>();
  throw InputError{std::move(where), "unknown value '" + text + "'; allowed: " + join(names),
                   did_you_mean(text, names)};
}

}  // namespace npulse
