// SPDX-License-Identifier: Apache-2.0
// The one list of what an operation carries. Assembler, disassembler, binary codec and the tables
// of docs/isa.md are visitors of it:
//
//   field(id, "name", &Operation::member, role, "doc")
//
// `id` is the field's number in a binary program: it never changes and is never used again. The
// default is the member's initialiser; a field equal to its default is not written.
#pragma once

#include <bit>
#include <type_traits>

#include "isa/program.h"

namespace npulse::isa {

enum class Role : std::uint8_t {
  required,  ///< Must be given, always written.
  optional,
  leading,  ///< As required, and stands without its name right after the opcode.
};

template <class Op>
using Of = std::type_identity<Op>;

template <class V>
void describe(V& field, Of<Dma>) {
  field(1, "dst", &Dma::dst, Role::required, "Where the padded block begins.");
  field(2, "src", &Dma::src, Role::required, "Where the block begins.");
  field(3, "shape", &Dma::shape, Role::required, "Elements read, outermost first.");
  field(4, "type", &Dma::type, Role::optional, "Element type at the destination.");
  field(5, "dst_stride", &Dma::dst_stride, Role::optional, "Elements; absent: dense.");
  field(6, "src_stride", &Dma::src_stride, Role::optional, "Elements; absent: dense.");
  field(7, "pad_lo", &Dma::pad_lo, Role::optional, "Elements added before each dimension.");
  field(8, "pad_hi", &Dma::pad_hi, Role::optional, "Elements added after each dimension.");
  field(9, "pad_value", &Dma::pad_value, Role::optional, "Value of the added elements.");
  field(10, "multicast", &Dma::multicast, Role::optional, "Bit c: also write to core c.");
  field(11, "codec", &Dma::codec, Role::optional, "How the source bytes are coded.");
  field(12, "compressed_bytes", &Dma::compressed_bytes, Role::optional, "Bytes read when coded.");
}

template <class V>
void describe(V& field, Of<Mm>) {
  field(1, "a", &Mm::a, Role::required, "Left matrix [m, k].");
  field(2, "b", &Mm::b, Role::required, "Right matrix [k, n].");
  field(3, "c", &Mm::c, Role::required, "Result [m, n].");
  field(4, "m", &Mm::m, Role::required, "Rows of a and c.");
  field(5, "n", &Mm::n, Role::required, "Columns of b and c.");
  field(6, "k", &Mm::k, Role::required, "Columns of a, rows of b.");
  field(7, "a_type", &Mm::a_type, Role::optional, "Type of a.");
  field(8, "b_type", &Mm::b_type, Role::optional, "Type of b.");
  field(9, "c_type", &Mm::c_type, Role::optional, "Type of c, also of the sums.");
  field(10, "b_transposed", &Mm::b_transposed, Role::optional, "b is stored as [n, k].");
  field(11, "accumulate", &Mm::accumulate, Role::optional, "Add to c instead of overwriting it.");
  field(12, "keep_weights", &Mm::keep_weights, Role::optional, "b is already in the array.");
  field(13, "sparse_n", &Mm::sparse_n, Role::optional, "Non-zeros in every sparse_m of b's k.");
  field(14, "sparse_m", &Mm::sparse_m, Role::optional, "0: b is dense.");
}

template <class V>
void describe(V& field, Of<Conv>) {
  field(1, "ifm", &Conv::ifm, Role::required, "Input [h, w, c].");
  field(2, "weight", &Conv::weight, Role::required, "Weights [kh, kw, c / groups, oc].");
  field(3, "ofm", &Conv::ofm, Role::required, "Output [oh, ow, oc].");
  field(4, "h", &Conv::h, Role::required, "Input rows.");
  field(5, "w", &Conv::w, Role::required, "Input columns.");
  field(6, "c", &Conv::c, Role::required, "Input channels.");
  field(7, "oc", &Conv::oc, Role::required, "Output channels.");
  field(8, "kh", &Conv::kh, Role::optional, "Kernel rows.");
  field(9, "kw", &Conv::kw, Role::optional, "Kernel columns.");
  field(10, "stride_h", &Conv::stride_h, Role::optional, "Rows from window to window.");
  field(11, "stride_w", &Conv::stride_w, Role::optional, "Columns from window to window.");
  field(12, "dilation_h", &Conv::dilation_h, Role::optional, "Rows from tap to tap.");
  field(13, "dilation_w", &Conv::dilation_w, Role::optional, "Columns from tap to tap.");
  field(14, "pad_top", &Conv::pad_top, Role::optional, "Zero rows above.");
  field(15, "pad_left", &Conv::pad_left, Role::optional, "Zero columns to the left.");
  field(16, "pad_bottom", &Conv::pad_bottom, Role::optional, "Zero rows below.");
  field(17, "pad_right", &Conv::pad_right, Role::optional, "Zero columns to the right.");
  field(18, "groups", &Conv::groups, Role::optional, "Channel groups; c: depthwise.");
  field(19, "ifm_type", &Conv::ifm_type, Role::optional, "Type of ifm.");
  field(20, "weight_type", &Conv::weight_type, Role::optional, "Type of weight.");
  field(21, "ofm_type", &Conv::ofm_type, Role::optional, "Type of ofm, also of the sums.");
  field(22, "accumulate", &Conv::accumulate, Role::optional, "Add to ofm instead of overwriting.");
}

template <class V>
void describe(V& field, Of<Vec>) {
  field(1, "kind", &Vec::kind, Role::leading, "What is computed.");
  field(2, "dst", &Vec::dst, Role::required, "Result.");
  field(3, "x", &Vec::x, Role::required, "First input [rows, cols].");
  field(4, "y", &Vec::y, Role::optional, "Second input; absent: scalar stands for it.");
  field(5, "y_broadcast", &Vec::y_broadcast, Role::optional, "y is one row or one column.");
  field(6, "rows", &Vec::rows, Role::optional, "Rows of x.");
  field(7, "cols", &Vec::cols, Role::required, "Columns of x.");
  field(8, "x_type", &Vec::x_type, Role::optional, "Type of x.");
  field(9, "y_type", &Vec::y_type, Role::optional, "Type of y.");
  field(10, "dst_type", &Vec::dst_type, Role::optional, "Type of dst.");
  field(11, "scalar", &Vec::scalar, Role::optional, "Scale, epsilon or base: see the kinds.");
  field(12, "causal", &Vec::causal, Role::optional,
        "softmax, exp, reduce: row r sees columns <= r + causal.");
  field(13, "window", &Vec::window, Role::optional, "Pooling: [h, w, kh, kw].");
  field(14, "stride", &Vec::stride, Role::optional, "Pooling: [sh, sw].");
}

template <class V>
void describe(V& field, Of<Xform>) {
  field(1, "kind", &Xform::kind, Role::leading, "What is done.");
  field(2, "dst", &Xform::dst, Role::required, "Result.");
  field(3, "src", &Xform::src, Role::required, "Source.");
  field(4, "index", &Xform::index, Role::optional, "gather, scatter: i32 row numbers.");
  field(5, "indices", &Xform::indices, Role::optional, "gather, scatter: how many row numbers.");
  field(6, "shape", &Xform::shape, Role::required, "Elements of the source; scatter: of dst.");
  field(7, "perm", &Xform::perm, Role::optional, "transpose: output dimension i is input perm[i].");
  field(8, "type", &Xform::type, Role::optional, "Element type.");
}

template <class V>
void describe(V& field, Of<Send>) {
  field(1, "src", &Send::src, Role::required, "What is sent.");
  field(2, "peer", &Send::peer, Role::required, "Receiving chip.");
  field(3, "bytes", &Send::bytes, Role::required, "Bytes sent.");
  field(4, "tag", &Send::tag, Role::optional, "Pairs it with a recv.");
}

template <class V>
void describe(V& field, Of<Recv>) {
  field(1, "dst", &Recv::dst, Role::required, "Where it is put.");
  field(2, "peer", &Recv::peer, Role::required, "Sending chip.");
  field(3, "bytes", &Recv::bytes, Role::required, "Bytes received.");
  field(4, "tag", &Recv::tag, Role::optional, "Pairs it with a send.");
}

template <class V>
void describe(V& field, Of<Coll>) {
  field(1, "kind", &Coll::kind, Role::leading, "Which collective.");
  field(2, "src", &Coll::src, Role::required, "This chip's part.");
  field(3, "dst", &Coll::dst, Role::required, "Result.");
  field(4, "group", &Coll::group, Role::optional, "Which chips take part.");
  field(5, "bytes", &Coll::bytes, Role::required, "Bytes of this chip's part.");
  field(6, "type", &Coll::type, Role::optional, "Element type.");
}

template <class V>
void describe(V& field, Of<Pim>) {
  field(1, "matrix", &Pim::matrix, Role::required, "Matrix [rows, cols] in dram.");
  field(2, "x", &Pim::x, Role::required, "Vector [cols].");
  field(3, "out", &Pim::out, Role::required, "Result [rows].");
  field(4, "rows", &Pim::rows, Role::required, "Rows of the matrix.");
  field(5, "cols", &Pim::cols, Role::required, "Columns of the matrix.");
  field(6, "matrix_type", &Pim::matrix_type, Role::optional, "Type of the matrix.");
  field(7, "x_type", &Pim::x_type, Role::optional, "Type of x.");
  field(8, "out_type", &Pim::out_type, Role::optional, "Type of out, also of the sums.");
}

template <class V>
void describe(V& field, Of<Loop>) {
  field(1, "count", &Loop::count, Role::leading, "Turns.");
}

template <class V>
void describe(V& field, Of<Bar>) {
  field(1, "scope", &Bar::scope, Role::leading, "Whose queues must be empty.");
}

template <class V>
void describe(V& field, Of<Cfg>) {
  field(1, "key", &Cfg::key, Role::required, "State of the queue's unit.");
  field(2, "value", &Cfg::value, Role::required, "Its new value.");
}

template <class V>
void describe(V& field, Of<Opaque>) {
  field(1, "cycles", &Opaque::cycles, Role::optional, "Cycles of the queue.");
  field(2, "bytes_read", &Opaque::bytes_read, Role::optional, "Bytes read from `at` on.");
  field(3, "bytes_written", &Opaque::bytes_written, Role::optional, "Bytes written from `at` on.");
  field(4, "at", &Opaque::at, Role::optional, "Where the bytes are.");
  field(5, "note", &Opaque::note, Role::optional, "What it stands for.");
}

template <class V>
void describe(V& field, Of<Mark>) {
  field(1, "name", &Mark::name, Role::leading, "The region's name.");
}

// No fields.
template <class V>
void describe(V&, Of<EndLoop>) {}
template <class V>
void describe(V&, Of<EndMark>) {}
template <class V>
void describe(V&, Of<End>) {}

/// Of `.tensor NAME`.
template <class V>
void describe(V& field, Of<TensorDecl>) {
  using T = TensorDecl;
  field(1, "role", &T::role, Role::leading, "Given before a run, taken after it, or both (state).");
  field(2, "at", &T::at, Role::required, "Where the first tile begins.");
  field(3, "shape", &T::shape, Role::required, "Of the whole tensor.");
  field(4, "type", &T::type, Role::optional, "Element type; of coded ones once expanded.");
  field(5, "codec", &T::codec, Role::optional, "How its rows are coded.");
  field(6, "first", &T::first, Role::optional, "Index at which the box begins; absent: 0.");
  field(7, "box", &T::box, Role::optional, "Extents of the box; absent: shape.");
  field(8, "tile", &T::tile, Role::optional, "Extents of a tile; absent: the box.");
  field(9, "tile_stride", &T::tile_stride, Role::optional, "Bytes from tile to tile.");
  field(10, "transposed", &T::transposed, Role::optional, "Tiles swap the last two dimensions.");
}

/// In text each is a directive, `.name value`; lists have one directive an entry.
template <class V>
void describe(V& field, Of<ProgramHeader>) {
  using H = ProgramHeader;
  field(1, "target", &H::target, Role::optional, "Chip it was made for; absent: any that fits.");
  field(2, "sync", &H::sync, Role::optional, "What orders instructions.");
  field(3, "cores", &H::cores, Role::optional, "Cores it runs on.");
  field(4, "requires", &H::requires_, Role::optional, "A feature that the reader must know.");
  field(5, "queue", &H::queues, Role::optional, "Name and kind of a queue of every core.");
  field(6, "event", &H::events, Role::optional, "Name and scope of an event.");
  field(8, "tensor", &H::tensors, Role::optional, "Where the values of a tensor lie: see below.");
  field(7, "meta", &H::meta, Role::optional, "A fact for reports: key and text.");
}

/// What the members are set to when a program does not say.
template <class Op>
const Op& default_of() {
  static const Op op{};
  return op;
}

/// True when the field need not be written. Bitwise for doubles: -0 and NaN are values too.
template <class Op, class M>
bool is_default(const Op& op, M Op::*member) {
  if constexpr (std::is_same_v<M, double>) {
    return std::bit_cast<std::uint64_t>(op.*member) ==
           std::bit_cast<std::uint64_t>(default_of<Op>().*member);
  } else {
    return op.*member == default_of<Op>().*member;
  }
}

}  // namespace npulse::isa
