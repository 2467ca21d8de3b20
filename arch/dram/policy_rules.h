// SPDX-License-Identifier: Apache-2.0
// Rules of commands that only some controllers send, the same in every family. A row is void in a
// part that lacks one of its timings. Source: facts/dram.md 1.2, 1.3, 1.5 and 2.1 (14 to 18).
#pragma once

#include "arch/dram/rules.h"

namespace npulse::dram {

// A refresh of a set of banks is to the others what an activate is (rule 16).
inline constexpr Rule kSetRefresh[] = {
    {Command::pre, Command::refpb, Scope::bank_set, "t_rp"},
    {Command::preab, Command::refpb, Scope::pseudo_channel, "t_rp_ab"},
    {Command::refab, Command::refpb, Scope::pseudo_channel, "t_rfc_ab"},
    {Command::refpb, Command::refab, Scope::pseudo_channel, "t_rfc_pb"},
    {Command::refpb, {Command::act1, Command::act, Command::refpb}, Scope::bank_set, "t_rfc_pb"},
    {Command::refpb, Command::refpb, Scope::pseudo_channel, "t_pbr2pbr"},
    {Command::refpb, {Command::act1, Command::act}, Scope::pseudo_channel, "t_pbr2act"},
    {Command::refpb, {Command::act, Command::refpb}, Scope::pseudo_channel, "t_rrefd"},
    {Command::act, Command::refpb, Scope::bank_group, "t_rrd_l"},
    {Command::act, Command::refpb, Scope::pseudo_channel, "t_rrd_s"},
};

// A masked write is read, changed and written back within the bank (rule 14).
inline constexpr Rule kMaskedWrites[] = {
    {Command::wr, Command::mwr, Scope::bank, "t_ccdmw"},
};

inline constexpr CommandSet kAnyCommand{
    Command::act1, Command::act, Command::pre, Command::preab, Command::refab, Command::refpb,
    Command::cas,  Command::rd,  Command::wr,  Command::pde,   Command::sre};

// Power-down waits for data, not for a refresh; self-refresh for closed banks (rule 18).
inline constexpr Rule kPower[] = {
    {{Command::act1, Command::act, Command::pre, Command::preab, Command::refab, Command::refpb},
     Command::pde,
     Scope::pseudo_channel,
     "t_cmdcke"},
    {Command::rd,
     {Command::pde, Command::sre},
     Scope::pseudo_channel,
     "read_latency + burst + t_cmdcke"},
    {Command::wr, Command::pde, Scope::pseudo_channel, "write_latency + burst + t_wr + t_cmdcke"},
    {Command::pde, Command::pdx, Scope::pseudo_channel, "t_cke"},
    {Command::pdx, Command::pde, Scope::pseudo_channel, "t_cke"},
    {Command::pdx, kAnyCommand, Scope::pseudo_channel, "t_xp"},
    {Command::pre, Command::sre, Scope::pseudo_channel, "t_rp"},
    {Command::preab, Command::sre, Scope::pseudo_channel, "t_rp_ab"},
    {Command::refab, Command::sre, Scope::pseudo_channel, "t_rfc_ab"},
    {Command::refpb, Command::sre, Scope::pseudo_channel, "t_rfc_pb"},
    {Command::sre, Command::srx, Scope::pseudo_channel, "t_sr"},
    {Command::srx, kAnyCommand, Scope::pseudo_channel, "t_xsr"},
};

}  // namespace npulse::dram
