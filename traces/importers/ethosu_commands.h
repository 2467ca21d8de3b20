// SPDX-License-Identifier: Apache-2.0
// Commands of Ethos-U55 and U65 as code words: opcode, and a bit for a payload that follows.
#pragma once

#include <cstdint>

namespace npulse::importers::ethosu {

// `read`: nxp-imx/ethos-u-vela 3.10,
// register_command_stream_generator.py and ethos_u55_regs.py.
namespace op {
enum : unsigned {
  stop = 0x000,
  irq = 0x001,
  conv = 0x002,
  depthwise = 0x003,
  pool = 0x005,
  elementwise = 0x006,
  dma_start = 0x010,
  dma_wait = 0x011,
  kernel_wait = 0x012,
  pmu_mask = 0x013
};
}  // namespace op
namespace set {
enum : unsigned {
  ifm_pad_top = 0x100,
  ifm_pad_left = 0x101,
  ifm_pad_right = 0x102,
  ifm_pad_bottom = 0x103,
  ifm_depth_m1 = 0x104,
  ifm_precision = 0x105,
  ifm_upscale = 0x107,
  ifm_width0_m1 = 0x10a,
  ifm_height0_m1 = 0x10b,
  ifm_region = 0x10f,
  ofm_width_m1 = 0x111,
  ofm_height_m1 = 0x112,
  ofm_depth_m1 = 0x113,
  ofm_precision = 0x114,
  ofm_width0_m1 = 0x11a,
  ofm_height0_m1 = 0x11b,
  ofm_region = 0x11f,
  kernel_width_m1 = 0x120,
  kernel_height_m1 = 0x121,
  kernel_stride = 0x122,
  activation = 0x125,
  weight_region = 0x128,
  scale_region = 0x129,
  dma0_src_region = 0x130,
  dma0_dst_region = 0x131,
  dma0_size0 = 0x132,
  dma0_size1 = 0x133,
  ifm2_broadcast = 0x180,
  ifm2_precision = 0x185,
  ifm2_width0_m1 = 0x18a,
  ifm2_height0_m1 = 0x18b,
  ifm2_region = 0x18f,
  payload = 0x4000,
  ifm_base0 = payload | 0x00,
  ifm_stride_x = payload | 0x04,
  ofm_base0 = payload | 0x10,
  ofm_stride_x = payload | 0x14,
  weight_base = payload | 0x20,
  scale_base = payload | 0x22,
  dma0_src = payload | 0x30,
  dma0_dst = payload | 0x31,
  dma0_len = payload | 0x32,
  ifm2_base0 = payload | 0x80,
  ifm2_stride_x = payload | 0x84,
  weight1_base = payload | 0x90,
  scale1_base = payload | 0x92
};
}  // namespace set

/// What a command is to the importer. `irrelevant` ones say nothing of shapes and places:
/// quantisation, block sizes, shared buffer, block dependence, cores in parallel.
enum class Meaning : std::uint8_t { relevant, irrelevant, unknown };
Meaning meaning_of(unsigned code);

}  // namespace npulse::importers::ethosu
