// SPDX-License-Identifier: Apache-2.0
#include "arch/pe/params.h"

#include "arch/pe/rates.h"
#include "sim/core/config_file.h"

namespace npulse::arch {

std::span<const EnumName<PeKind>> enum_names(PeKind) {
  static constexpr EnumName<PeKind> kNames[] = {{PeKind::systolic, "systolic"},
                                                {PeKind::dot_product, "dot_product"}};
  return kNames;
}

std::span<const EnumName<Dataflow>> enum_names(Dataflow) {
  static constexpr EnumName<Dataflow> kNames[] = {
      {Dataflow::ws, "ws"}, {Dataflow::os, "os"}, {Dataflow::is, "is"}};
  return kNames;
}

void PeParams::check(Faults& faults, const std::string& path) const {
  const auto types = all_names<isa::DataType>();
  for (const auto& [name, rate] : rates) {
    const std::string place = join_path(join_path(path, "rates"), name);
    if (!parse_enum<isa::DataType>(name)) {
      faults.add(place, "no such element type; allowed: " + join(types), did_you_mean(name, types));
    }
    if (!Rate::from(rate)) faults.add(place, "must be a multiple of 0.125 from 0.125 to 64");
  }
  for (const auto& pattern : sparsity) {
    if (!Sparsity::parse(pattern)) {
      faults.add(join_path(path, "sparsity"), "'" + pattern + "' is not N:M with 0 < N < M <= 255");
    }
  }
}

std::int64_t macs_per_cycle(const PeParams& params, isa::DataType type) {
  const auto& s = params.systolic;
  const auto& d = params.dot_product;
  const std::int64_t base = params.kind == PeKind::systolic ? s.rows * s.cols : d.m0 * d.n0 * d.k0;
  const auto rate = rate_of(params, type);
  return rate ? base * rate->eighths / 8 : 0;
}

}  // namespace npulse::arch
