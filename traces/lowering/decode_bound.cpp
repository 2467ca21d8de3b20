// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/decode_bound.h"

#include "sim/core/error.h"

namespace npulse::lowering {

std::span<const EnumName<MemoryClass>> enum_names(MemoryClass) {
  static constexpr EnumName<MemoryClass> kNames[] = {
      {MemoryClass::lpddr, "lpddr"}, {MemoryClass::gddr, "gddr"}, {MemoryClass::hbm, "hbm"}};
  return kNames;
}

double measured_efficiency(MemoryClass memory) {
  switch (memory) {
    case MemoryClass::lpddr:
      return 0.72;  // derived: median of 38 runs on 17 devices
    case MemoryClass::gddr:
      return 0.76;  // derived: median of 16 runs on 9 devices
    case MemoryClass::hbm:
      return 0.37;  // derived: median of 4 runs, all on an A100
  }
  throw InternalError{"internal error: a class of memory without an efficiency"};
}

double decode_bytes(const Transformer& model, const DecodeState& state) {
  const auto weights = static_cast<double>(model.parameters_read());
  const double kv = state.context * static_cast<double>(model.kv_elements_per_token());
  return (weights * state.bits_per_weight + kv * state.bits_per_kv) / 8;
}

double decode_tokens_per_s(const Transformer& model, const DecodeState& state, double bandwidth,
                           double efficiency) {
  return efficiency * bandwidth / decode_bytes(model, state);
}

}  // namespace npulse::lowering
