// SPDX-License-Identifier: Apache-2.0
// The DMA engine: descriptors in order, transactions out at the engine's rate, answers in any
// order.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "arch/dma/decompressor.h"
#include "arch/dma/params.h"
#include "arch/dma/piece_walker.h"
#include "arch/ports/scratchpad_port.h"
#include "arch/ports/unit.h"

namespace npulse::arch {

/// Handle of a piece that waits for an answer from the network.
using PieceId = std::uint32_t;

/// The engine's way to the network.
class DmaWire {
 public:
  virtual ~DmaWire() = default;
  /// Sends a request that leaves at `at` >= now. False: accepted, but nothing more until unblock().
  virtual bool send(PieceId id, const Side& side, Address address, std::int64_t bytes, bool write,
                    Cycles at) = 0;
};

/// Plain class: every method takes the current cycle, which never goes back.
class DmaEngine {
 public:
  DmaEngine(const DmaParams& params, std::uint16_t core, ScratchpadPort& local, DmaWire& wire);

  bool can_start() const;
  void start(Cycles now, Ticket ticket, const isa::Instruction& instruction);

  /// The answer to piece `id` has arrived.
  void answer(Cycles now, PieceId id);
  /// The network takes requests again.
  void unblock() { blocked_ = false; }
  /// Issues what can be issued now.
  void step(Cycles now);

  struct Finished {
    Ticket ticket;
    Outcome outcome;
  };
  /// The next descriptor that has finished by now, in order of issue.
  std::optional<Finished> take_finished(Cycles now);

  /// When step() or take_finished() has something to do without an answer; nullopt: only an answer
  /// helps.
  std::optional<Cycles> wake_at() const;
  bool idle() const { return descriptors_.empty(); }
  std::int64_t packets_in_flight() const { return in_flight_; }
  const DecompressorUse& decompressor() const { return decompressor_.use(); }

 private:
  struct Descriptor {
    Ticket ticket;
    std::vector<Transfer> transfers;  ///< One, or the two halves of an opaque; none for cfg.
    std::size_t transfer = 0;         ///< The one being walked.
    std::optional<PieceWalker> walker;
    Cycles ready{};  ///< Start-up is over.
    Cycles finish{};
    std::int64_t unanswered = 0;
    const char* stalled_on = "";
    Activity activity;

    bool all_issued() const { return transfer == transfers.size(); }
  };
  struct InFlight {
    Descriptor* descriptor = nullptr;
    const Transfer* transfer = nullptr;
    Piece piece;
    std::int64_t packets = 1;
    std::int64_t writes_left = 0;  ///< Answers still to come from destinations; 0 while reading.
  };
  struct Request {
    PieceId id;
    Side side;
    Address address;
    std::int64_t bytes;
    bool write;
    Cycles at;
  };

  Descriptor* issuing();
  void issue_piece(Cycles now, Descriptor& descriptor);
  std::int64_t packets_of(std::int64_t bytes) const;
  PieceId new_piece(Descriptor& descriptor, const Piece& piece);
  void drain_outbox();
  void write_out(PieceId id, Cycles data_at);
  Cycles expand(Cycles now, const InFlight& flight);
  Cycles use_local(Cycles start, const Transfer& transfer, const Side& side, Address address,
                   std::int64_t bytes, bool write);
  void finish_piece(PieceId id, Cycles at);
  void add_work(Cycles from, Cycles to);
  Cycles occupancy(std::int64_t bytes) const;

  DmaParams params_;
  Bytes train_;  ///< Packets of a contiguous run go as one transaction of at most so many bytes.
  std::uint16_t core_;
  ScratchpadPort& local_;
  DmaWire& wire_;
  std::deque<Descriptor> descriptors_;
  std::vector<InFlight> pieces_;
  std::vector<PieceId> free_pieces_;
  std::deque<Request> outbox_;
  std::int64_t in_flight_ = 0;  ///< Packets.
  bool blocked_ = false;
  Cycles issue_free_{};  ///< The data path is taken until then.
  Cycles start_free_{};  ///< The start-up logic is taken until then.
  Decompressor decompressor_;
  Cycles executing_since_{};  ///< Since the last completion, for the share of cycles stalled.
  Cycles work_{}, work_until_{};
};

}  // namespace npulse::arch
