// SPDX-License-Identifier: Apache-2.0
// What a program holds, for `npulse import` and `npulse info`.
#pragma once

#include <nlohmann/json.hpp>

#include "isa/program.h"

namespace npulse::cli {

nlohmann::ordered_json program_json(const isa::Program& program);
void print_program(const isa::Program& program);

}  // namespace npulse::cli
