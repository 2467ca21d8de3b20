// SPDX-License-Identifier: Apache-2.0
// docs/isa-fields.md: a table of the fields of every opcode, written from their one description.
#pragma once

#include <string>

namespace npulse::isa {

std::string reference_markdown();

}  // namespace npulse::isa
