// SPDX-License-Identifier: Apache-2.0
// The SystemVerilog arrays of this folder, as Verilator made them.
#pragma once

#include <memory>

#include "tests/support/array_model.h"

namespace npulse::test {

struct RtlRun {
  Matrix c;
  std::int64_t last_cycle = 0;  ///< Clocks before the one after which the last result is there.
};

/// One set of parameters; feeds the array its operands and adds what folds of k leave.
class RtlArray {
 public:
  explicit RtlArray(const arch::SystolicParams& params) : params_{params} {}
  virtual ~RtlArray() = default;
  RtlArray(const RtlArray&) = delete;
  RtlArray& operator=(const RtlArray&) = delete;

  const arch::SystolicParams& params() const { return params_; }
  /// From reset.
  virtual RtlRun run(const Product& product) = 0;

 private:
  arch::SystolicParams params_;
};

/// All that the build made.
std::vector<std::unique_ptr<RtlArray>> rtl_arrays();

}  // namespace npulse::test
