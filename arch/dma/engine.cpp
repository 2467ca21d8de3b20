// SPDX-License-Identifier: Apache-2.0
#include "arch/dma/engine.h"

#include <algorithm>
#include <bit>

#include "arch/dma/account.h"
#include "sim/core/error.h"

namespace npulse::arch {
namespace {

/// A quarter of what may be outstanding travels together: few transactions to simulate, and still
/// enough of them that new ones leave as old ones come back.
Bytes train_of(const DmaParams& params) {
  constexpr std::int64_t kShare = 2, kMaxBytes = 65536;
  const std::int64_t packet = params.max_transaction.count();
  const auto packets = std::bit_floor(static_cast<std::uint64_t>(
      std::max<std::int64_t>(1, std::min(params.outstanding / kShare, kMaxBytes / packet))));
  return Bytes{packet * static_cast<std::int64_t>(packets)};
}

bool reads_or_writes_memory(const Transfer& transfer) {
  const auto in_memory = [](const std::optional<Side>& side) {
    return side && side->space == isa::Space::dram;
  };
  return in_memory(transfer.src) || in_memory(transfer.dst);
}

}  // namespace

DmaEngine::DmaEngine(const DmaParams& params, std::uint16_t core, ScratchpadPort& local,
                     DmaWire& wire)
    : params_{params},
      train_{train_of(params)},
      core_{core},
      local_{local},
      wire_{wire},
      decompressor_{params.decompress_bytes_per_cycle, params.decompress_latency} {}

bool DmaEngine::can_start() const {
  return static_cast<std::int64_t>(descriptors_.size()) < params_.descriptors;
}

void DmaEngine::start(Cycles now, Ticket ticket, const isa::Instruction& instruction) {
  const bool alone = descriptors_.empty();
  if (alone) executing_since_ = now;
  Descriptor& descriptor = descriptors_.emplace_back();
  descriptor.ticket = ticket;
  Cycles start_up = params_.start_cycles;
  if (const auto* dma = std::get_if<isa::Dma>(&instruction.operation)) {
    descriptor.transfers.push_back(make_transfer(*dma, core_));
  } else if (const auto* opaque = std::get_if<isa::Opaque>(&instruction.operation)) {
    if (opaque->bytes_read) descriptor.transfers.push_back(make_transfer(*opaque, true));
    if (opaque->bytes_written) descriptor.transfers.push_back(make_transfer(*opaque, false));
    if (descriptor.transfers.empty()) start_up = Cycles{opaque->cycles};
    descriptor.finish = now + Cycles{opaque->cycles};
  } else {
    ensure(instruction.opcode() == isa::Opcode::cfg,
           "a DMA engine got an instruction it has no unit for");
    start_up = params_.cfg_cycles;
  }
  descriptor.ready = std::max(now, start_free_) + start_up;
  descriptor.finish = std::max(descriptor.finish, descriptor.ready);
  descriptor.stalled_on = stall_cause(descriptor.transfers);
  start_free_ = descriptor.ready;
  if (alone) add_work(now, descriptor.ready);
}

DmaEngine::Descriptor* DmaEngine::issuing() {
  for (Descriptor& descriptor : descriptors_) {
    if (!descriptor.all_issued()) return &descriptor;
  }
  return nullptr;
}

void DmaEngine::step(Cycles now) {
  drain_outbox();
  while (!blocked_ && outbox_.empty() && in_flight_ < params_.outstanding && issue_free_ <= now) {
    Descriptor* descriptor = issuing();
    if (!descriptor || descriptor->ready > now) return;
    issue_piece(now, *descriptor);
    drain_outbox();
  }
}

void DmaEngine::issue_piece(Cycles now, Descriptor& descriptor) {
  const Transfer& transfer = descriptor.transfers[descriptor.transfer];
  if (!descriptor.walker) {
    descriptor.walker.emplace(transfer,
                              reads_or_writes_memory(transfer) ? train_ : params_.max_transaction);
  }
  if (descriptor.walker->done()) {
    descriptor.walker.reset();
    ++descriptor.transfer;
    return;
  }
  const Piece piece = descriptor.walker->next();
  const PieceId id = new_piece(descriptor, piece);
  issue_free_ = now + occupancy(std::max(piece.src_bytes, piece.dst_bytes));
  add_work(now, issue_free_);
  if (descriptor.walker->done()) {
    descriptor.walker.reset();
    ++descriptor.transfer;
  }
  count_piece(transfer, piece, core_, descriptor.activity);
  if (transfer.src && transfer.src->on_wire()) {
    outbox_.push_back({id, *transfer.src, piece.src, piece.src_bytes, false, now});
  } else if (transfer.src) {
    write_out(id, use_local(now, transfer, *transfer.src, piece.src, piece.src_bytes, false));
  } else {
    write_out(id, now);
  }
}

PieceId DmaEngine::new_piece(Descriptor& descriptor, const Piece& piece) {
  if (free_pieces_.empty()) {
    free_pieces_.push_back(static_cast<PieceId>(pieces_.size()));
    pieces_.emplace_back();
  }
  const PieceId id = free_pieces_.back();
  free_pieces_.pop_back();
  const std::int64_t packets = packets_of(std::max(piece.src_bytes, piece.dst_bytes));
  pieces_[id] = {&descriptor, &descriptor.transfers[descriptor.transfer], piece, packets, 0};
  ++descriptor.unanswered;
  in_flight_ += packets;
  return id;
}

std::int64_t DmaEngine::packets_of(std::int64_t bytes) const {
  return std::max<std::int64_t>(1, ceil_div(bytes, params_.max_transaction.count()));
}

void DmaEngine::drain_outbox() {
  while (!blocked_ && !outbox_.empty()) {
    const Request request = outbox_.front();
    outbox_.pop_front();
    blocked_ = !wire_.send(request.id, request.side, request.address, request.bytes, request.write,
                           request.at);
  }
}

void DmaEngine::answer(Cycles now, PieceId id) {
  InFlight& piece = pieces_[id];
  if (piece.writes_left == 0) {
    write_out(id, piece.transfer->coded_bytes ? expand(now, piece) : now);
  } else if (--piece.writes_left == 0) {
    finish_piece(id, now);
  }
}

/// The last piece says who held the descriptor up: memory, or the decompressor that it found busy.
Cycles DmaEngine::expand(Cycles now, const InFlight& flight) {
  flight.descriptor->stalled_on =
      decompressor_.busy(now) ? "decompressor" : stall_cause(flight.descriptor->transfers);
  return decompressor_.expand(now, flight.piece.src_bytes, flight.piece.dst_bytes);
}

void DmaEngine::write_out(PieceId id, Cycles data_at) {
  InFlight& piece = pieces_[id];
  const Transfer& transfer = *piece.transfer;
  Cycles local_end = data_at;
  const auto send = [&](const Side& side) {
    outbox_.push_back({id, side, piece.piece.dst, piece.piece.dst_bytes, true, data_at});
    ++piece.writes_left;
  };
  if (transfer.dst && transfer.dst->on_wire()) send(*transfer.dst);
  if (transfer.dst && !transfer.dst->on_wire()) {
    local_end =
        use_local(data_at, transfer, *transfer.dst, piece.piece.dst, piece.piece.dst_bytes, true);
  }
  for (std::uint64_t rest = remote_copies(transfer, core_); rest; rest &= rest - 1) {
    send({transfer.dst->space, static_cast<std::uint16_t>(std::countr_zero(rest)), 0, {}});
  }
  piece.descriptor->finish = std::max(piece.descriptor->finish, local_end);
  if (piece.writes_left == 0) finish_piece(id, local_end);
}

Cycles DmaEngine::use_local(Cycles start, const Transfer& transfer, const Side& side,
                            Address address, std::int64_t bytes, bool write) {
  AccessStream stream = access_pattern(transfer, side);
  stream.requester = Requester::dma;
  stream.address = address;
  stream.bytes = bytes;
  stream.write = write;
  return local_.reserve(start, occupancy(bytes), stream);
}

void DmaEngine::finish_piece(PieceId id, Cycles at) {
  Descriptor& descriptor = *pieces_[id].descriptor;
  descriptor.finish = std::max(descriptor.finish, at);
  --descriptor.unanswered;
  in_flight_ -= pieces_[id].packets;
  free_pieces_.push_back(id);
}

std::optional<DmaEngine::Finished> DmaEngine::take_finished(Cycles now) {
  if (descriptors_.empty()) return std::nullopt;
  const Descriptor& front = descriptors_.front();
  if (!front.all_issued() || front.unanswered > 0 || front.finish > now) return std::nullopt;
  const Cycles stalled = std::max(Cycles{0}, now - executing_since_ - work_);
  Finished finished{front.ticket, {stalled, front.stalled_on, front.activity}};
  executing_since_ = now;
  work_ = Cycles{0};
  descriptors_.pop_front();
  return finished;
}

std::optional<Cycles> DmaEngine::wake_at() const {
  std::optional<Cycles> wake;
  const auto earliest = [&](Cycles at) { wake = wake ? std::min(*wake, at) : at; };
  if (descriptors_.empty()) return wake;
  const Descriptor& front = descriptors_.front();
  if (front.all_issued() && front.unanswered == 0) earliest(front.finish);
  if (blocked_ || in_flight_ >= params_.outstanding) return wake;
  for (const Descriptor& descriptor : descriptors_) {
    if (descriptor.all_issued()) continue;
    earliest(std::max(descriptor.ready, issue_free_));
    break;
  }
  return wake;
}

void DmaEngine::add_work(Cycles from, Cycles to) {
  from = std::max(from, work_until_);
  if (to <= from) return;
  work_ += to - from;
  work_until_ = to;
}

Cycles DmaEngine::occupancy(std::int64_t bytes) const {
  return Cycles{ceil_div(bytes, params_.bytes_per_cycle)};
}

}  // namespace npulse::arch
