// SPDX-License-Identifier: Apache-2.0
// Where `run --html` puts its page; written by the Python package from report and timeline.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command.h"

namespace npulse::cli {

/// Adds --html.
void add_html_option(CommandLine& line);

class HtmlTarget {
 public:
  /// Throws InputError when the place cannot be written, or the Python package is missing: before
  /// the work, so that long work does not end in vain.
  explicit HtmlTarget(const CommandLine& line);
  ~HtmlTarget();
  HtmlTarget(const HtmlTarget&) = delete;
  HtmlTarget& operator=(const HtmlTarget&) = delete;

  /// Where the run is to write its timeline: as asked for, else beside the report for the page;
  /// nowhere when nobody wants one.
  std::optional<std::filesystem::path> timeline() const;

  /// Writes the page of `report`; the exit code. Nothing without --html.
  int write(const nlohmann::ordered_json& report) const;

 private:
  const CommandLine& line_;
  std::filesystem::path folder_;  ///< Of what only the page needs; empty without --html.
};

}  // namespace npulse::cli
