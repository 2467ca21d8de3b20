// SPDX-License-Identifier: Apache-2.0
// One DRAM channel with its controller, whichever engine simulates it.
#pragma once

#include <memory>

#include "arch/dram/controller_params.h"
#include "arch/dram/request.h"
#include "arch/dram/resolved_part.h"

namespace npulse::dram {

class CompletionSink {
 public:
  virtual ~CompletionSink() = default;
  /// `request` is done at tick `at`: its last data have passed, or it is posted (WriteResponse).
  virtual void completed(const Request& request, Cycles at) = 0;
};

/// Requests are offered in any order of arrival; a channel knows the future only up to where it was
/// advanced, and nothing may be pushed that arrives before that. The result does not depend on how
/// many calls of advance() lead there.
class Channel {
 public:
  virtual ~Channel() = default;
  /// Fewer than `backlog_bursts` bursts wait for the scheduler's queues.
  virtual bool can_accept() const = 0;
  /// Since which tick can_accept() is true. Meaningless while it is false.
  virtual Cycles accepting_since() const = 0;
  /// At most `queue_bursts` bursts.
  virtual void push(const Request& request) = 0;
  /// Simulates all that happens before tick `until`.
  virtual void advance(Cycles until, CompletionSink& sink) = 0;
  /// No request is served or completed before this tick; kNever when there are no requests.
  virtual Cycles next_event() const = 0;
  bool idle() const { return next_event() == kNever; }
  /// Counts the time in power states up to `until`, which it was advanced to.
  virtual void settle(Cycles /*until*/) {}
  virtual ChannelCounts counts() const = 0;

  /// A copy that goes on from here by itself. Only of engines that can, see make_fast_channel.
  virtual std::unique_ptr<Channel> clone() const { return nullptr; }
  /// Whether both, asked for the same, would do the same from here on; both were advanced to the
  /// same tick, and ticks up to `past` are over for those that push. Never wrongly true.
  virtual bool in_step_with(const Channel& /*other*/, Cycles /*past*/) const { return false; }
};

/// The reference engine: event-driven, one command at a time. `observer` may be null; it and `part`
/// must outlive the channel. Throws InputError when the parameters contradict each other.
std::unique_ptr<Channel> make_reference_channel(const ResolvedPart& part,
                                                const ControllerParams& controller,
                                                CommandObserver* observer = nullptr);

class MemoTable;
class DecisionTable;

/// What fast engines of the same part and controller remember together; without a table everything
/// is worked out, with the same result.
struct Memos {
  MemoTable* batches = nullptr;
  DecisionTable* decisions = nullptr;
};

/// The fast engine: granules of a row at a time, see docs/dram.md. `observer` may be null; without
/// one it can be cloned.
std::unique_ptr<Channel> make_fast_channel(const ResolvedPart& part,
                                           const ControllerParams& controller,
                                           const Memos& memos = {},
                                           CommandObserver* observer = nullptr);

}  // namespace npulse::dram
