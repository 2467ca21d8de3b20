// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/ethosu_commands.h"

#include <set>

namespace npulse::importers::ethosu {
namespace {

const std::set<unsigned> kIrrelevant{op::irq, op::pmu_mask,  //
                                     0x109,   0x10c,        0x10d, 0x115, 0x116,  0x117,  0x118,
                                     0x11c,   0x123,        0x124, 0x126, 0x127,  0x12d,  0x12f,
                                     0x181,   0x189,        0x18c, 0x18d, 0x4024, 0x4025, 0x4026};

const std::set<unsigned> kRelevant = [] {
  std::set<unsigned> codes{
      set::ifm_pad_top,     set::ifm_pad_left,    set::ifm_pad_right,    set::ifm_pad_bottom,
      set::ifm_depth_m1,    set::ifm_precision,   set::ifm_upscale,      set::ifm_width0_m1,
      set::ifm_height0_m1,  set::ifm_region,      set::ofm_width_m1,     set::ofm_height_m1,
      set::ofm_depth_m1,    set::ofm_precision,   set::ofm_width0_m1,    set::ofm_height0_m1,
      set::ofm_region,      set::kernel_width_m1, set::kernel_height_m1, set::kernel_stride,
      set::activation,      set::weight_region,   set::scale_region,     set::dma0_src_region,
      set::dma0_dst_region, set::dma0_size0,      set::dma0_size1,       set::ifm2_broadcast,
      set::ifm2_precision,  set::ifm2_width0_m1,  set::ifm2_height0_m1,  set::ifm2_region,
      set::dma0_src,        set::dma0_dst,        set::dma0_len};
  for (const unsigned first : {set::ifm_base0, set::ofm_base0, set::ifm2_base0}) {
    for (unsigned i = 0; i < 7; ++i) codes.insert(first + i);  // four bases, strides x, y, c
  }
  for (const unsigned base :
       {set::weight_base, set::scale_base, set::weight1_base, set::scale1_base}) {
    codes.insert({base, base + 1});
  }
  return codes;
}();

}  // namespace

Meaning meaning_of(unsigned code) {
  if (kRelevant.contains(code)) return Meaning::relevant;
  return kIrrelevant.contains(code) ? Meaning::irrelevant : Meaning::unknown;
}

}  // namespace npulse::importers::ethosu
