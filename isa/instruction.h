// SPDX-License-Identifier: Apache-2.0
// The instruction set: one struct an opcode. docs/isa.md gives grammar and exact semantics.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "isa/types.h"

namespace npulse::isa {

enum class Opcode : std::uint8_t {
  dma, mm, conv, vec, xform, send, recv, coll, pim, loop, endloop, bar, cfg, opaque, mark, endmark, end
};
std::span<const EnumName<Opcode>> enum_names(Opcode);

/// How the source bytes of a DMA are coded in memory; the engine expands them in line.
enum class CodecFormat : std::uint8_t {
  none, int4g128, int4g64, int4g32, int8g32, awq4g128, awq3g128, mxfp4, bcq2g128, bcq3g128, bcq4g128,
  fp16_2of4, int8_2of4, int4_2of4
};
std::span<const EnumName<CodecFormat>> enum_names(CodecFormat);

/// Copies a block of up to five dimensions; `type` is the element type at the destination.
struct Dma {
  Operand dst, src;
  Extents shape;                    ///< Elements, outermost first.
  Extents dst_stride, src_stride;   ///< Elements; empty: dense.
  DataType type = DataType::i8;
  Extents pad_lo, pad_hi;           ///< Elements added around the source at the destination; empty: none.
  double pad_value = 0;
  std::uint64_t multicast = 0;      ///< Bit c: also write to the same address of core c. 0: dst's core only.
  CodecFormat codec = CodecFormat::none;
  std::int64_t compressed_bytes = 0;  ///< Bytes read when coded (source is then one dense run); else 0.
  bool operator==(const Dma&) const = default;
};

/// c[m,n] (+)= a[m,k] x b[k,n], all dense row-major; b_transposed: b is stored as [n,k].
struct Mm {
  Operand a, b, c;
  std::int64_t m = 0, n = 0, k = 0;
  DataType a_type = DataType::i8, b_type = DataType::i8, c_type = DataType::i32;
  bool b_transposed = false;
  bool accumulate = false;    ///< Adds to c instead of overwriting it.
  bool keep_weights = false;  ///< b is the one used last: what the array still holds is not loaded.
  std::uint8_t sparse_n = 0, sparse_m = 0;  ///< N:M structured sparsity of b; 0:0 is dense.
  bool operator==(const Mm&) const = default;
};

/// Direct convolution, NHWC ifm (h,w,c), weights (kh,kw,c/groups,oc), ofm (oh,ow,oc).
struct Conv {
  Operand ifm, weight, ofm;
  std::int64_t h = 0, w = 0, c = 0, oc = 0;
  std::int64_t kh = 1, kw = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  std::int64_t groups = 1;
  DataType ifm_type = DataType::i8, weight_type = DataType::i8, ofm_type = DataType::i32;
  bool accumulate = false;
  bool operator==(const Conv&) const = default;
};

enum class VecKind : std::uint8_t {
  copy, add, sub, mul, max, min, exp, reciprocal, rsqrt, relu, gelu, silu, sigmoid, tanh,
  reduce_sum, reduce_max, softmax, layernorm, rmsnorm, rope, quantise, dequantise, pool_max, pool_avg
};
std::span<const EnumName<VecKind>> enum_names(VecKind);

/// Shape of a vector operation's second input: as x, one row [1, cols], or one column [rows, 1].
enum class Broadcast : std::uint8_t { none, row, column };
std::span<const EnumName<Broadcast>> enum_names(Broadcast);

/// Element-wise and row-wise operations over x[rows, cols] (and y), written to dst.
struct Vec {
  VecKind kind = VecKind::copy;
  Operand dst, x;
  std::optional<Operand> y;           ///< Second input; absent: `scalar` takes its place.
  Broadcast y_broadcast = Broadcast::none;
  std::int64_t rows = 1, cols = 0;
  DataType x_type = DataType::fp16, y_type = DataType::fp16, dst_type = DataType::fp16;
  double scalar = 0;                  ///< Second input; scale of softmax and exp, epsilon of norms, base of rope.
  std::optional<std::int64_t> causal; ///< softmax, exp, reduce: row r sees columns <= r + causal.
  Extents window, stride;             ///< pool: [h, w, kh, kw] and [sh, sw]; cols is the channel count.
  bool operator==(const Vec&) const = default;
};

enum class XformKind : std::uint8_t { transpose, reshape, gather, scatter };
std::span<const EnumName<XformKind>> enum_names(XformKind);

struct Xform {
  XformKind kind = XformKind::transpose;
  Operand dst, src;
  std::optional<Operand> index;  ///< gather/scatter: i32 row numbers.
  std::int64_t indices = 0;      ///< gather/scatter: how many row numbers.
  Extents shape;                 ///< Elements of the source; scatter: of the destination.
  Extents perm;                  ///< transpose: output dimension i is input dimension perm[i].
  DataType type = DataType::i8;
  bool operator==(const Xform&) const = default;
};

struct Send { Operand src; std::uint16_t peer = 0; std::int64_t bytes = 0; std::uint32_t tag = 0;
  bool operator==(const Send&) const = default; };
struct Recv { Operand dst; std::uint16_t peer = 0; std::int64_t bytes = 0; std::uint32_t tag = 0;
  bool operator==(const Recv&) const = default; };

enum class CollKind : std::uint8_t { all_reduce, all_gather, reduce_scatter, broadcast, all_to_all };
std::span<const EnumName<CollKind>> enum_names(CollKind);
struct Coll { CollKind kind = CollKind::all_reduce; Operand src, dst; std::uint32_t group = 0;
  std::int64_t bytes = 0; DataType type = DataType::fp16; bool operator==(const Coll&) const = default; };

/// Matrix-vector product inside the banks of a DRAM part with processing in memory.
struct Pim { Operand matrix, x, out; std::int64_t rows = 0, cols = 0;
  DataType matrix_type = DataType::bf16, x_type = DataType::bf16, out_type = DataType::fp32;
  bool operator==(const Pim&) const = default; };

/// Repeats the instructions up to its endloop `count` times; nests up to kMaxLoopDepth.
struct Loop { std::int64_t count = 0; bool operator==(const Loop&) const = default; };
struct EndLoop { bool operator==(const EndLoop&) const = default; };

enum class BarScope : std::uint8_t { core, chip };
std::span<const EnumName<BarScope>> enum_names(BarScope);
/// Waits until every queue of the core (or of all cores) is empty.
struct Bar { BarScope scope = BarScope::core; bool operator==(const Bar&) const = default; };

/// Sets persistent state of the queue's unit; costs the unit's `cfg_cycles`.
struct Cfg { std::string key; std::int64_t value = 0; bool operator==(const Cfg&) const = default; };

/// Work of known cost: cycles of its queue, and/or bytes read from and written to memory (dma queues).
struct Opaque { std::int64_t cycles = 0, bytes_read = 0, bytes_written = 0; Operand at{Space::dram, {}, 0, {}};
  std::string note; bool operator==(const Opaque&) const = default; };

/// Opens a named region for reports; regions nest.
struct Mark { std::string name; bool operator==(const Mark&) const = default; };
struct EndMark { bool operator==(const EndMark&) const = default; };
struct End { bool operator==(const End&) const = default; };

using EventId = std::uint32_t;

/// Blocks issue until the event's count is at least `count` (+ loop steps).
struct Wait { EventId event = 0; std::int64_t count = 1; LoopSteps steps{};
  bool operator==(const Wait&) const = default; };
/// Adds `amount` to the event when the instruction completes.
struct Signal { EventId event = 0; std::int64_t amount = 1; bool operator==(const Signal&) const = default; };

using Operation = std::variant<Dma, Mm, Conv, Vec, Xform, Send, Recv, Coll, Pim, Loop, EndLoop, Bar,
                               Cfg, Opaque, Mark, EndMark, End>;

constexpr std::uint16_t kNoQueue = 0xffff;

struct Instruction {
  Operation operation;
  std::uint16_t queue = kNoQueue;  ///< Index into the program's queues; kNoQueue: handled by the sequencer.
  std::vector<Wait> waits;
  std::vector<Signal> signals;
  std::uint32_t line = 0;          ///< Line of the text it came from; 0: none.

  Opcode opcode() const { return static_cast<Opcode>(operation.index()); }
  bool operator==(const Instruction&) const = default;
};

}  // namespace npulse::isa
