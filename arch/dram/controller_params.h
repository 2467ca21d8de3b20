// SPDX-License-Identifier: Apache-2.0
// Parameters of the memory controller, the same for every channel.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/core/enum_names.h"
#include "sim/core/error.h"
#include "sim/core/params.h"

namespace npulse::dram {

/// fcfs: only the oldest request of its direction. frfcfs: among the commands that can go first,
/// the one of the oldest request; hits before misses.
enum class Scheduler : std::uint8_t { fcfs, frfcfs };
std::span<const EnumName<Scheduler>> enum_names(Scheduler);

/// open: a row stays open until another one of its bank is wanted, or refresh. closed: the last
/// column that is wanted of a row closes it (auto-precharge). adaptive: the last one does if
/// another row of the bank is wanted (gem5's open_adaptive).
enum class PagePolicy : std::uint8_t { open, closed, adaptive };
std::span<const EnumName<PagePolicy>> enum_names(PagePolicy);

/// all_bank: one REFab a pseudo-channel each t_refi. per_bank: one REFpb (REFsb of HBM and DDR5)
/// each t_refi_pb, every set of banks once in a round. none: for comparisons only.
enum class RefreshMode : std::uint8_t { all_bank, per_bank, none };
std::span<const EnumName<RefreshMode>> enum_names(RefreshMode);

/// When a write is answered: once in the write queue (posted), or when its data are on the bus.
enum class WriteResponse : std::uint8_t { queued, written };
std::span<const EnumName<WriteResponse>> enum_names(WriteResponse);

struct ControllerParams {
  std::int64_t queue_bursts = 64;
  std::int64_t backlog_bursts = 128;
  Scheduler scheduler = Scheduler::frfcfs;
  std::optional<std::int64_t> row_hit_cap = std::nullopt;
  std::optional<std::int64_t> pass_limit = std::nullopt;
  PagePolicy page_policy = PagePolicy::open;
  RefreshMode refresh = RefreshMode::all_bank;
  std::int64_t refresh_postpone_max = 0;
  std::int64_t refresh_pull_in_max = 0;
  std::optional<double> power_down_idle_ns = std::nullopt;
  std::optional<double> self_refresh_idle_ns = std::nullopt;
  std::int64_t write_high_percent = 80;
  std::int64_t write_low_percent = 20;
  WriteResponse write_response = WriteResponse::queued;
  double front_end_ns = 10;
  double back_end_ns = 10;

  template <class V>
  static void describe(V& field) {
    using T = ControllerParams;
    field("queue_bursts", &T::queue_bursts, "bursts",
          "Read queue of a pseudo-channel, which is the scheduler's window; its write queue is as "
          "long.",
          between(1, 4096));
    field("backlog_bursts", &T::backlog_bursts, "bursts",
          "Bursts waiting for a channel's queues at which it refuses further requests.",
          between(1, 1 << 20));
    field("scheduler", &T::scheduler, "", "Order of commands.");
    field("row_hit_cap", &T::row_hit_cap, "bursts",
          "Bursts of an opened row that may pass older requests of its bank; no limit when absent.",
          between(1, 1 << 20));
    field("pass_limit", &T::pass_limit, "bursts",
          "Bursts that may pass the oldest request of their direction, whatever their bank, before "
          "it goes first; no limit when absent.",
          between(1, 1 << 20));
    field("page_policy", &T::page_policy, "", "When rows are closed.");
    field("refresh", &T::refresh, "", "Kind of refresh.");
    field("refresh_postpone_max", &T::refresh_postpone_max, "t_refi",
          "Refreshes put off while requests wait, at most, in all-bank refreshes.", between(0, 8));
    field("refresh_pull_in_max", &T::refresh_pull_in_max, "t_refi",
          "Refreshes done ahead while nothing waits, at most, in all-bank refreshes.",
          between(0, 8));
    field("power_down_idle_ns", &T::power_down_idle_ns, "ns",
          "Idle time after which a pseudo-channel goes to power-down; never when absent.",
          between(0, 1e12));
    field("self_refresh_idle_ns", &T::self_refresh_idle_ns, "ns",
          "Idle time after which a pseudo-channel goes to self-refresh; never when absent.",
          between(0, 1e12));
    field("write_high_percent", &T::write_high_percent, "%",
          "Share of the write queue at which writes go before reads.", between(1, 100));
    field("write_low_percent", &T::write_low_percent, "%",
          "Share of the write queue at which reads go first again.", between(0, 100));
    field("write_response", &T::write_response, "", "When a write is answered.");
    field("front_end_ns", &T::front_end_ns, "ns", "Arrival to the scheduler.", between(0, 1e6));
    field("back_end_ns", &T::back_end_ns, "ns", "End of data to the response.", between(0, 1e6));
  }
  void check(Faults& faults, const std::string& path) const;
};

}  // namespace npulse::dram
