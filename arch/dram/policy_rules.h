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

}  // namespace npulse::dram
