// SPDX-License-Identifier: Apache-2.0
// Timings of a part, named as JEDEC names them.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/core/params.h"

namespace npulse::dram {

/// The larger of a time, rounded up to whole clocks, and a number of clocks.
struct TimingValue {
  double ns = 0;
  std::int64_t ck = 0;
  bool operator==(const TimingValue&) const = default;

  template <class V>
  static void describe(V& field) {
    field("ns", &TimingValue::ns, "ns", "Time.", between(0, 1e6));
    field("ck", &TimingValue::ck, "CK", "Clocks.", between(0, 1e6));
  }
};

/// A family's rules name the timings they need; others must stay absent, but for the optional ones
/// of timing_lookup.h.
struct Timings {
  using Value = std::optional<TimingValue>;
  Value rl, wl;
  Value t_rcd, t_rcdrd, t_rcdwr;
  Value t_rp, t_rp_ab, t_ras, t_rc, t_rtp, t_wr;
  Value t_ccd_s, t_ccd_l, t_ccd_r;
  Value t_rrd_s, t_rrd_l, t_faw;
  Value t_wtr_s, t_wtr_l, t_rtw, t_rtw_gap;
  Value t_ppd, t_aad, t_wckpst;
  Value t_dqsck, t_dqss, t_ccd_l_wr, t_ccdmw;
  Value t_refi, t_rfc_ab;
  Value t_refi_pb, t_rfc_pb, t_pbr2pbr, t_pbr2act, t_rrefd;
  Value t_xp, t_cke, t_cmdcke, t_escke, t_sr, t_xsr;

  template <class V>
  static void describe(V& field) {
    using T = Timings;
    field("rl", &T::rl, "", "Read command to data.");
    field("wl", &T::wl, "", "Write command to data.");
    field("t_rcd", &T::t_rcd, "", "Activate to read or write.");
    field("t_rcdrd", &T::t_rcdrd, "", "Activate to read.");
    field("t_rcdwr", &T::t_rcdwr, "", "Activate to write.");
    field("t_rp", &T::t_rp, "", "Precharge of a bank to its activate.");
    field("t_rp_ab", &T::t_rp_ab, "", "Precharge of all banks to an activate.");
    field("t_ras", &T::t_ras, "", "Activate to precharge of a bank.");
    field("t_rc", &T::t_rc, "", "Activate to activate of a bank.");
    field("t_rtp", &T::t_rtp, "", "Read to precharge.");
    field("t_wr", &T::t_wr, "", "End of write data to precharge.");
    field("t_ccd_s", &T::t_ccd_s, "", "Column to column, other bank group.");
    field("t_ccd_l", &T::t_ccd_l, "", "Column to column, same bank group.");
    field("t_ccd_r", &T::t_ccd_r, "", "Read to read, other stack ID.");
    field("t_rrd_s", &T::t_rrd_s, "", "Activate to activate, other bank group.");
    field("t_rrd_l", &T::t_rrd_l, "", "Activate to activate, same bank group.");
    field("t_faw", &T::t_faw, "", "Window that holds at most four activates.");
    field("t_wtr_s", &T::t_wtr_s, "", "End of write data to read, other bank group.");
    field("t_wtr_l", &T::t_wtr_l, "", "End of write data to read, same bank group.");
    field("t_rtw", &T::t_rtw, "", "Read to write command.");
    field("t_rtw_gap", &T::t_rtw_gap, "", "Gap on the data bus between read and write data.");
    field("t_ppd", &T::t_ppd, "", "Precharge to precharge.");
    field("t_aad", &T::t_aad, "", "ACT-1 to ACT-2, at most.");
    field("t_wckpst", &T::t_wckpst, "", "WCK runs on for this after a burst.");
    field("t_dqsck", &T::t_dqsck, "", "From rl to read data.");
    field("t_dqss", &T::t_dqss, "", "From wl to write data.");
    field("t_ccd_l_wr", &T::t_ccd_l_wr, "",
          "Write to write, same bank group, where t_ccd_l differs.");
    field("t_ccdmw", &T::t_ccdmw, "", "Column to masked write of the same bank.");
    field("t_refi", &T::t_refi, "", "Mean interval of all-bank refreshes (rounded down).");
    field("t_rfc_ab", &T::t_rfc_ab, "", "All-bank refresh to activate.");
    field("t_refi_pb", &T::t_refi_pb, "", "Mean interval of per-bank refreshes (rounded down).");
    field("t_rfc_pb", &T::t_rfc_pb, "", "Per-bank refresh to activate of that bank.");
    field("t_pbr2pbr", &T::t_pbr2pbr, "", "Per-bank refresh to that of another bank (LPDDR).");
    field("t_pbr2act", &T::t_pbr2act, "", "Per-bank refresh to activate of another bank (LPDDR).");
    field("t_rrefd", &T::t_rrefd, "", "Per-bank refresh to refresh or activate elsewhere (HBM).");
    field("t_xp", &T::t_xp, "", "Power-down exit to any command.");
    field("t_cke", &T::t_cke, "", "Power-down lasts at least this, and the time between two.");
    field("t_cmdcke", &T::t_cmdcke, "", "Last command to power-down entry.");
    field("t_escke", &T::t_escke, "", "Self-refresh entry to power-down within it.");
    field("t_sr", &T::t_sr, "", "Self-refresh lasts at least this.");
    field("t_xsr", &T::t_xsr, "", "Self-refresh exit to any command.");
  }
};

}  // namespace npulse::dram
