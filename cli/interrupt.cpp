// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <csignal>

#include "sim/core/error.h"

namespace npulse::cli {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;

void remember(int signal) {
  g_interrupted = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  g_interrupted = 0;
  std::signal(SIGINT, remember);
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, SIG_DFL);
}

void InterruptGuard::poll() const {
  if (g_interrupted) throw Interrupted{};
}

}  // namespace npulse::cli
