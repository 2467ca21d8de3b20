// SPDX-License-Identifier: Apache-2.0
// Options that take one of a few names.
#pragma once

#include "cli/command.h"
#include "sim/core/enum_choice.h"

namespace npulse::cli {

/// The value of a given option that names one of E. Throws InputError with all and the nearest
/// names.
template <class E>
E choice(const CommandLine& line, const char* option) {
  return choose<E>(std::string{"--"} + option, line.get<std::string>(option));
}

}  // namespace npulse::cli
