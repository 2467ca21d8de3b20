// SPDX-License-Identifier: Apache-2.0
// Reads the accesses of a trace one by one, in bounded memory.
#pragma once

#include <istream>
#include <string>

#include "isa/text/line_reader.h"
#include "sim/core/error.h"
#include "traces/dram/line.h"

namespace npulse::traces {

struct ReaderOptions {
  std::optional<Dialect> dialect{};      ///< Found from the name, then the first line, when absent.
  std::optional<Bytes> default_bytes{};  ///< Of accesses that name no size.
  Address end = UINT64_MAX;              ///< An access beyond it is a fault.
  bool needs_cycles = false;             ///< An access without a time is a fault.
};

class AccessReader {
 public:
  /// `in` must outlive the reader; `name` is for messages.
  AccessReader(std::istream& in, std::string name, const ReaderOptions& options);

  /// The next access, its cycle from the start of the trace and not before that
  /// of the access before it; nothing at the end. After a fault the rest of the file is read for
  /// more, then InputError has up to kMaxFaults of them, each with `name:line:column`.
  std::optional<MemoryAccess> next();

  /// Known once an access was read.
  Dialect dialect() const { return dialect_; }

  static constexpr std::size_t kMaxFaults = 20;

 private:
  /// The next line that holds an access, or false.
  bool next_line();
  /// Reads the current line; false when it is faulty.
  bool take(LineAccesses& accesses);
  void complete(MemoryAccess& access);
  void check(const MemoryAccess& access);
  void fault(std::size_t column, std::string message);
  [[noreturn]] void collect_faults();

  isa::text::LineReader lines_;
  std::string name_;
  ReaderOptions options_;
  Dialect dialect_ = Dialect::native;
  bool dialect_known_ = false;
  std::optional<MemoryAccess> second_{};  ///< Of the current line, not given yet.
  Cycles last_cycle_{0};
  Faults faults_;
};

}  // namespace npulse::traces
