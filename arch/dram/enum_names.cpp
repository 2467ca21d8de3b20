// SPDX-License-Identifier: Apache-2.0
// Spellings of the enumerations of this folder.
#include "arch/dram/command.h"
#include "arch/dram/controller_params.h"
#include "arch/dram/energy.h"
#include "arch/dram/memory_params.h"
#include "arch/dram/params.h"
#include "arch/dram/power_state.h"

namespace npulse::dram {

std::span<const EnumName<Command>> enum_names(Command) {
  using enum Command;
  static constexpr EnumName<Command> kNames[] = {
      {act1, "act1"}, {act, "act"}, {pre, "pre"},   {preab, "preab"}, {refab, "refab"},
      {cas, "cas"},   {rd, "rd"},   {wr, "wr"},     {refpb, "refpb"}, {rda, "rda"},
      {wra, "wra"},   {mwr, "mwr"}, {mwra, "mwra"}, {pde, "pde"},     {pdx, "pdx"},
      {sre, "sre"},   {srx, "srx"}};
  return kNames;
}

std::span<const EnumName<Scope>> enum_names(Scope) {
  using enum Scope;
  static constexpr EnumName<Scope> kNames[] = {{bank, "bank"},
                                               {bank_group, "bank_group"},
                                               {rank, "rank"},
                                               {other_rank, "other_rank"},
                                               {pseudo_channel, "pseudo_channel"},
                                               {bank_set, "bank_set"}};
  return kNames;
}

std::span<const EnumName<PowerState>> enum_names(PowerState) {
  using enum PowerState;
  static constexpr EnumName<PowerState> kNames[] = {{active_standby, "active_standby"},
                                                    {precharge_standby, "precharge_standby"},
                                                    {active_power_down, "active_power_down"},
                                                    {precharge_power_down, "precharge_power_down"},
                                                    {self_refresh, "self_refresh"}};
  return kNames;
}

std::span<const EnumName<Bus>> enum_names(Bus) {
  static constexpr EnumName<Bus> kNames[] = {{Bus::row, "row"}, {Bus::column, "column"}};
  return kNames;
}

std::span<const EnumName<Family>> enum_names(Family) {
  static constexpr EnumName<Family> kNames[] = {
      {Family::lpddr4, "lpddr4"}, {Family::lpddr5, "lpddr5"}, {Family::hbm2, "hbm2"},
      {Family::hbm3, "hbm3"},     {Family::gddr6, "gddr6"},   {Family::ddr5, "ddr5"}};
  return kNames;
}

std::span<const EnumName<PartialWrite>> enum_names(PartialWrite) {
  static constexpr EnumName<PartialWrite> kNames[] = {{PartialWrite::merge, "merge"},
                                                      {PartialWrite::data_mask, "data_mask"},
                                                      {PartialWrite::masked_write, "masked_write"}};
  return kNames;
}

std::span<const EnumName<MapPreset>> enum_names(MapPreset) {
  using enum MapPreset;
  static constexpr EnumName<MapPreset> kNames[] = {{bgi, "bgi"},
                                                   {bgi_xor, "bgi_xor"},
                                                   {rbc, "rbc"},
                                                   {rngd, "rngd"},
                                                   {robaracoch, "robaracoch"},
                                                   {rorabacoch, "rorabacoch"},
                                                   {rocorabach, "rocorabach"},
                                                   {chrabaroco, "chrabaroco"},
                                                   {mop4clxor, "mop4clxor"}};
  return kNames;
}

std::span<const EnumName<Scheduler>> enum_names(Scheduler) {
  static constexpr EnumName<Scheduler> kNames[] = {{Scheduler::fcfs, "fcfs"},
                                                   {Scheduler::frfcfs, "frfcfs"}};
  return kNames;
}

std::span<const EnumName<PagePolicy>> enum_names(PagePolicy) {
  static constexpr EnumName<PagePolicy> kNames[] = {{PagePolicy::open, "open"},
                                                    {PagePolicy::closed, "closed"},
                                                    {PagePolicy::adaptive, "adaptive"}};
  return kNames;
}

std::span<const EnumName<RefreshMode>> enum_names(RefreshMode) {
  static constexpr EnumName<RefreshMode> kNames[] = {{RefreshMode::all_bank, "all_bank"},
                                                     {RefreshMode::per_bank, "per_bank"},
                                                     {RefreshMode::none, "none"}};
  return kNames;
}

std::span<const EnumName<WriteResponse>> enum_names(WriteResponse) {
  static constexpr EnumName<WriteResponse> kNames[] = {{WriteResponse::queued, "queued"},
                                                       {WriteResponse::written, "written"}};
  return kNames;
}

std::span<const EnumName<MemoryEngine>> enum_names(MemoryEngine) {
  static constexpr EnumName<MemoryEngine> kNames[] = {{MemoryEngine::fast, "fast"},
                                                      {MemoryEngine::reference, "reference"}};
  return kNames;
}

std::span<const EnumName<EnergyUse>> enum_names(EnergyUse) {
  using enum EnergyUse;
  static constexpr EnumName<EnergyUse> kNames[] = {{activation, "activation"},
                                                   {column, "column"},
                                                   {io, "io"},
                                                   {refresh, "refresh"},
                                                   {background, "background"}};
  return kNames;
}

std::span<const EnumName<EnergyBasis>> enum_names(EnergyBasis) {
  static constexpr EnumName<EnergyBasis> kNames[] = {{EnergyBasis::figures, "figures"},
                                                     {EnergyBasis::currents, "currents"}};
  return kNames;
}

}  // namespace npulse::dram
