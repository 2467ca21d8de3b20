// SPDX-License-Identifier: Apache-2.0
// What makes a header or an instruction well-formed, whatever the chip. Every program that a reader
// hands out obeys these rules, so that nobody downstream meets a bad index or an overflow.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <type_traits>

#include "isa/limits.h"
#include "isa/program.h"
#include "sim/core/error.h"

namespace npulse::isa {

/// The version this library writes. It reads every minor version of the same major one.
constexpr std::uint16_t kMajorVersion = 1;
constexpr std::uint16_t kMinorVersion = 0;

/// What `requires` may name in this version.
constexpr std::array<std::string_view, 0> kFeatures{};

/// Letters, digits, `_` and `.`, beginning with a letter or `_`; at most kMaxNameLength.
bool is_name(std::string_view text);

/// The name nearest to a text from elsewhere: `_` for what no name has, and no more than fits.
std::string nearest_name(std::string_view text);

/// How many entries a list of a header, or of an entry in it, may have.
template <class List>
constexpr std::size_t max_entries(const List&) {
  return std::is_same_v<typename List::value_type, TensorDecl> ? kMaxTensors : kMaxDeclarations;
}

/// Adds every fault of a header; `where` is the program's name.
void check_header(const ProgramHeader& header, const std::string& where, Faults& faults);

/// The first fault of an instruction on its own, without a place; nothing when well-formed.
std::optional<Diagnostic> fault_of(const Instruction& instruction, const ProgramHeader& header);

/// The kind of queue that takes an opcode. nullopt: any (cfg, opaque) or none (see needs_queue).
std::optional<QueueKind> queue_kind_of(Opcode opcode);

/// False for what the sequencer handles itself: loops, marks, bar and end.
bool needs_queue(Opcode opcode);

}  // namespace npulse::isa
