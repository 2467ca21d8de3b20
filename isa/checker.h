// SPDX-License-Identifier: Apache-2.0
// Finds the faults of a program before any run, by executing it without time. docs/isa.md says what
// it finds and where its limits are.
#pragma once

#include <functional>
#include <limits>

#include "isa/program.h"
#include "sim/core/error.h"

namespace npulse::isa {

/// What the queues of one kind can execute. `cfg` and `opaque` are understood by all.
struct UnitSupport {
  QueueKind kind = QueueKind::dma;
  std::vector<Opcode> opcodes;
  std::vector<DataType> types;         ///< Of inputs; empty: any.
  std::vector<DataType> result_types;  ///< Of results; empty: as `types`.
};

/// All that the checker knows of a chip.
struct CheckTarget {
  std::string name;
  std::uint32_t cores = 1;
  std::vector<QueueDecl> queues;   ///< Of every core.
  Bytes spm_bytes{}, acc_bytes{};  ///< Per core.
  Bytes shared_bytes{}, dram_bytes{};
  std::vector<UnitSupport> units;
  std::vector<CodecFormat> codecs;
  std::size_t queue_depth = 64;  ///< Instructions that a queue holds before dispatch stalls.
  bool hazard_mode = true;       ///< It has a scoreboard, so it runs sync=hazard.
  /// Executed instructions after which the check ends, with a warning.
  std::uint64_t max_instructions = 100'000'000;
};

Bytes capacity_of(const CheckTarget& target, Space space);

/// Findings in the order found; of each kind only the first kMaxFindings are kept.
struct CheckReport {
  static constexpr std::size_t kMaxFindings = 100;
  std::vector<Diagnostic> errors, warnings;
  std::size_t error_count = 0, warning_count = 0;  ///< Also of those that are not kept.
  std::uint64_t instructions = 0;                  ///< Executed by the check.

  /// InputError with all errors.
  void throw_if_errors() const {
    if (!errors.empty()) throw InputError{errors};
  }
};

/// Throws InputError only when the program itself cannot be read. `poll` is called now and then,
/// and may throw to stop.
CheckReport check(const Program& program, const CheckTarget& target,
                  const std::function<void()>& poll = {});

}  // namespace npulse::isa
