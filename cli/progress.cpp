// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace npulse::cli {
namespace {

constexpr auto kPatience = std::chrono::seconds{2};
constexpr auto kBetween = std::chrono::milliseconds{200};
constexpr int kWidth = 30;

}  // namespace

ProgressBar::ProgressBar(std::string label, bool quiet)
    : label_{std::move(label)},
      enabled_{!quiet && isatty(STDERR_FILENO) == 1},
      start_{Clock::now()},
      last_{start_} {}

void ProgressBar::update(double fraction, const std::string& note) {
  const auto now = Clock::now();
  if (!enabled_ || now - start_ < kPatience || now - last_ < kBetween) return;
  last_ = now;
  shown_ = true;
  fraction = std::clamp(fraction, 0.0, 1.0);
  const auto filled = static_cast<std::size_t>(fraction * kWidth);
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  fmt::print(stderr, "\r\033[K{} [{}] {:3.0f} % {} {}", label_, bar, fraction * 100,
             remaining(fraction), note);
  std::fflush(stderr);
}

std::string ProgressBar::remaining(double fraction) const {
  if (fraction <= 0) return "";
  const std::chrono::duration<double> elapsed = last_ - start_;
  return fmt::format("{:.0f} s left", elapsed.count() * (1 - fraction) / fraction);
}

void ProgressBar::clear() {
  if (shown_) fmt::print(stderr, "\r\033[K");
  shown_ = false;
}

}  // namespace npulse::cli
