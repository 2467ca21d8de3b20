// SPDX-License-Identifier: Apache-2.0
// A progress bar on standard error: only on a terminal, only once the work has taken two seconds.
#pragma once

#include <chrono>
#include <string>

namespace npulse::cli {

class ProgressBar {
 public:
  explicit ProgressBar(std::string label, bool quiet);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `fraction` of the work is done; `note` follows the bar.
  void update(double fraction, const std::string& note);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::string remaining(double fraction) const;

  std::string label_;
  bool enabled_;
  bool shown_ = false;
  Clock::time_point start_, last_;
};

}  // namespace npulse::cli
