// SPDX-License-Identifier: Apache-2.0
// Reads a parameter struct (params.h) from a ConfigFile:
//
//   ConfigFile file = ConfigFile::load("edu-8x8.yaml");
//   file.set("pe.rows=16");
//   std::vector<Provenance> origins;
//   const ChipParams chip = read<ChipParams>(file, &origins);
//
// All faults of the file come in one InputError, each `file:line:col: path = value: what; hint`.
#pragma once

#include <vector>

#include "sim/core/config_reader.h"
#include "sim/core/param_tree.h"

namespace npulse {

/// Reads over what `target` already holds. `provenance`, if asked for, gets every leaf of the
/// result in order, with mark `set` for overrides and `default` for what nobody gave.
template <Described T>
void read_into(T& target, const ConfigFile& file, std::vector<Provenance>* provenance = nullptr) {
  if (!file.readable()) file.faults().throw_if_any();
  detail::ReadLog log{file};
  detail::read_group(log, file.root(), "", target);
  log.faults().throw_if_any();
  if (provenance) *provenance = complete_provenance(reflect(target), log.take_provenance());
}

template <Described T>
T read(const ConfigFile& file, std::vector<Provenance>* provenance = nullptr) {
  T result{};
  read_into(result, file, provenance);
  return result;
}

}  // namespace npulse
