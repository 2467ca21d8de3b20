// SPDX-License-Identifier: Apache-2.0
// Where the JSON report goes; opened before the work, so that long work does not end in vain.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command.h"
#include "sim/core/output_file.h"

namespace npulse::cli {

/// Adds --json.
void add_json_option(CommandLine& line);

class JsonTarget {
 public:
  explicit JsonTarget(const CommandLine& line);
  bool to_stdout() const { return to_stdout_; }
  /// Nothing without --json.
  void write(const nlohmann::ordered_json& report);

 private:
  bool to_stdout_ = false;
  std::optional<OutputFile> file_;
};

}  // namespace npulse::cli
