// SPDX-License-Identifier: Apache-2.0
// What a program declares, and how its instructions are read: one stream a core, never all at once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "isa/instruction.h"

namespace npulse::isa {

enum class QueueKind : std::uint8_t { dma, matrix, vector };
std::span<const EnumName<QueueKind>> enum_names(QueueKind);

/// `explicit_`: only events order instructions. `hazard`: a scoreboard orders overlapping accesses.
enum class SyncMode : std::uint8_t { explicit_, hazard };
std::span<const EnumName<SyncMode>> enum_names(SyncMode);

enum class EventScope : std::uint8_t { core, chip };
std::span<const EnumName<EventScope>> enum_names(EventScope);

struct QueueDecl {
  std::string name;
  QueueKind kind = QueueKind::dma;
  bool operator==(const QueueDecl&) const = default;
};

/// A monotonic counter; scope core: every core has its own.
struct EventDecl {
  std::string name;
  EventScope scope = EventScope::core;
  bool operator==(const EventDecl&) const = default;
};

enum class TensorRole : std::uint8_t { input, weight, output, state };
std::span<const EnumName<TensorRole>> enum_names(TensorRole);

/// Where a tensor, or a box of it, lies before (input, weight) or after a run (output) or both
/// (state). Boxes are cut into tiles, the last of which may be short; each is dense, or its rows of
/// the last dimension are coded.
struct TensorDecl {
  std::string name;  ///< Boxes of one tensor have the same name.
  TensorRole role = TensorRole::input;
  Operand at;     ///< First byte of the first tile.
  Extents shape;  ///< Of the whole tensor.
  DataType type = DataType::i8;
  CodecFormat codec = CodecFormat::none;
  Extents first, box;       ///< The box's first index and extents; empty: the whole tensor.
  Extents tile;             ///< Empty: the box is one tile.
  Extents tile_stride;      ///< Bytes from tile to tile in each dimension.
  bool transposed = false;  ///< In a tile the last two dimensions are swapped.
  bool operator==(const TensorDecl&) const = default;
};

struct ProgramHeader {
  std::uint16_t major = 1, minor = 0;
  std::string target;  ///< Chip it was made for; empty: any chip with these queues.
  SyncMode sync = SyncMode::explicit_;
  std::uint32_t cores = 1;
  std::vector<std::string> requires_;  ///< Features that a reader must know.
  std::vector<QueueDecl> queues;
  std::vector<EventDecl> events;
  std::vector<TensorDecl> tensors;  ///< What functional runs may put in and take out.
  /// Facts for reports: model, phase, planned bytes, tokens.
  std::map<std::string, std::string> meta;
  bool operator==(const ProgramHeader&) const = default;
};

/// The instructions of one core, in order, loops not expanded.
class InstructionStream {
 public:
  virtual ~InstructionStream() = default;
  /// Reads the next instruction into `out`; false at the end.
  virtual bool next(Instruction& out) = 0;
};

/// A program that can be read any number of times, in memory bounded by its largest chunk.
class Program {
 public:
  virtual ~Program() = default;
  virtual const ProgramHeader& header() const = 0;
  virtual std::unique_ptr<InstructionStream> open(std::uint32_t core) const = 0;
  /// For messages and reports: file name without folder, or model.
  virtual std::string name() const = 0;
};

/// Where a producer (assembler, lowering) puts what it makes.
class ProgramSink {
 public:
  virtual ~ProgramSink() = default;
  virtual void begin(const ProgramHeader& header) = 0;
  virtual void put(std::uint32_t core, const Instruction& instruction) = 0;
  /// Facts known only at the end; merged into the header's meta.
  virtual void finish(const std::map<std::string, std::string>& meta) = 0;
};

}  // namespace npulse::isa
