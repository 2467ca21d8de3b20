// SPDX-License-Identifier: Apache-2.0
// Matrix products.
#include <fmt/format.h>

#include "traces/importers/onnx/ops.h"

namespace npulse::importers {

namespace {

struct Product {
  Value &a, &b;
  graph::Type type;
};

/// The rule of numpy.matmul: a vector is one row, or one column; leading dimensions broadcast.
void multiply(NodeImport& node, const Product& product) {
  Shape a = product.a.shape, b = product.b.shape;
  if (a.empty() || b.empty()) node.fault("multiplies a scalar");
  const bool row = a.size() == 1, column = b.size() == 1;
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  if (a.back() != b[b.size() - 2]) {
    node.fault(fmt::format("a {} has {} columns, b {} has {} rows",
                           graph::shape_text(product.a.shape), a.back(),
                           graph::shape_text(product.b.shape), b[b.size() - 2]));
  }
  Shape shape = node.broadcast_shape({a.begin(), a.end() - 2}, {b.begin(), b.end() - 2});
  shape.insert(shape.end(), {a[a.size() - 2], b.back()});
  Value& full =
      node.emit(graph::Matmul{}, {&node.reshaped(product.a, a), &node.reshaped(product.b, b)},
                shape, product.type);
  if (column) shape.pop_back();
  if (row) shape.erase(shape.end() - (column ? 1 : 2));
  node.output(0, node.reshaped(full, shape));
}

void import_matmul(NodeImport& node) {
  multiply(node, {node.input(0).stored(), node.input(1).stored(), node.input(0).type});
}

/// a, b, zero points.
void import_matmul_integer(NodeImport& node) {
  multiply(node, {node.input(0), node.input(1), graph::Type::i32});
}

/// a, scale, zero point, b, scale, zero point, scale and zero point of y.
void import_qlinear_matmul(NodeImport& node) {
  multiply(node, {node.input(0), node.input(3), node.input(0).type});
}

/// Constants are scaled before the model runs; others cost an operation.
Value& scaled(NodeImport& node, Value& value, double factor) {
  if (factor == 1 || value.constant) return value;
  return node.emit(graph::Elementwise{"mul"}, {&value}, value.shape, value.type);
}

struct Gemm {
  Value &a, &b;
  Value* c;
  graph::Type type;
};

void gemm(NodeImport& node, const Gemm& gemm) {
  node.expect_rank(gemm.a, 2);
  node.expect_rank(gemm.b, 2);
  const bool ta = node.integer("transA", 0) != 0, tb = node.integer("transB", 0) != 0;
  const std::int64_t m = gemm.a.shape[ta ? 1 : 0], n = gemm.b.shape[tb ? 0 : 1];
  if (gemm.a.shape[ta ? 0 : 1] != gemm.b.shape[tb ? 1 : 0]) {
    node.fault(fmt::format("a {}{} and b {}{} differ in depth", graph::shape_text(gemm.a.shape),
                           ta ? " transposed" : "", graph::shape_text(gemm.b.shape),
                           tb ? " transposed" : ""));
  }
  const double alpha = node.real("alpha", 1), beta = node.real("beta", 1);
  Value& a = gemm.b.constant ? gemm.a : scaled(node, gemm.a, alpha);
  std::vector<Value*> inputs{&a, &gemm.b};
  const Shape shape{m, n};
  if (gemm.c && beta != 0) {
    if (node.broadcast_shape(gemm.c->shape, shape) != shape) {
      node.fault(fmt::format("c {} does not broadcast to {}", graph::shape_text(gemm.c->shape),
                             graph::shape_text(shape)));
    }
    inputs.push_back(&scaled(node, *gemm.c, beta));
  }
  node.output(0, node.emit(graph::Matmul{ta, tb}, inputs, shape, gemm.type));
}

void import_gemm(NodeImport& node) {
  Value* c = node.has(2) ? &node.input(2).stored() : nullptr;
  gemm(node, {node.input(0).stored(), node.input(1).stored(), c, node.input(0).type});
}

/// a, scale, zero point, b, scale, zero point, c, scale and zero point of y; floats without the
/// last.
void import_qgemm(NodeImport& node) {
  Value* c = node.has(6) ? &node.input(6) : nullptr;
  gemm(node,
       {node.input(0), node.input(3), c, node.has(7) ? node.input(0).type : graph::Type::fp32});
}

graph::Type packed_type(const NodeImport& node, std::int64_t bits) {
  switch (bits) {
    case 4:
      return graph::Type::i4;
    case 8:
      return graph::Type::i8;
    default:
      node.fault(fmt::format("bits = {}; allowed: 4, 8", bits));
  }
}

/// b is packed in blocks; the graph has it as [n, k] of its real type.
void import_matmul_nbits(NodeImport& node) {
  if (!node.input(1).constant) node.fault("packed weights that are no constant");
  Value& a = node.input(0);
  const std::int64_t k = node.integer("K"), n = node.integer("N");
  if (a.shape.empty() || a.shape.back() != k) {
    node.fault(fmt::format("a {} has no rows of K = {}", graph::shape_text(a.shape), k));
  }
  Value& b = node.make({n, k}, packed_type(node, node.integer("bits", 4)));
  b.constant = true;
  Shape shape = a.shape;
  shape.back() = n;
  std::vector<Value*> inputs{&a, &b};
  if (node.has(5)) inputs.push_back(&node.input(5));
  node.output(0, node.emit(graph::Matmul{false, true}, inputs, shape, a.type));
}

}  // namespace

std::span<const Operator> matmul_operators() {
  static constexpr Operator kOperators[] = {{"MatMul", import_matmul},
                                            {"MatMulInteger", import_matmul_integer},
                                            {"QLinearMatMul", import_qlinear_matmul},
                                            {"Gemm", import_gemm},
                                            {"QGemm", import_qgemm},
                                            {"MatMulNBits", import_matmul_nbits}};
  return kOperators;
}

}  // namespace npulse::importers
