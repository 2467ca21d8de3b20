// SPDX-License-Identifier: Apache-2.0
// Operators that work element by element.
#include <cctype>

#include "traces/importers/onnx/ops.h"

namespace npulse::importers {

namespace {

/// `LeakyRelu` as `leaky_relu`.
std::string kind_of(const std::string& op) {
  std::string kind;
  for (const char c : op) {
    if (std::isupper(static_cast<unsigned char>(c)) && !kind.empty()) kind += '_';
    kind += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return kind;
}

void emit_all(NodeImport& node, const std::string& kind, const std::vector<Value*>& inputs,
              graph::Type type) {
  Shape shape = inputs.front()->shape;
  for (const Value* input : inputs) shape = node.broadcast_shape(shape, input->shape);
  node.output(0, node.emit(graph::Elementwise{kind}, inputs, shape, type));
}

/// Further inputs, if any, are scalar parameters.
void import_unary(NodeImport& node) {
  Value& x = node.input(0);
  emit_all(node, kind_of(node.op()), {&x}, x.type);
}

void import_predicate(NodeImport& node) {
  emit_all(node, kind_of(node.op()), {&node.input(0)}, graph::Type::i1);
}

void import_broadcast(NodeImport& node) {
  node.input(0);
  emit_all(node, kind_of(node.op()), node.all_inputs(), node.input(0).type);
}

void import_comparison(NodeImport& node) {
  emit_all(node, kind_of(node.op()), {&node.input(0), &node.input(1)}, graph::Type::i1);
}

void import_where(NodeImport& node) {
  emit_all(node, "where", {&node.input(0), &node.input(1), &node.input(2)}, node.input(1).type);
}

/// ONNX Runtime's activations that add a bias first.
void import_gelu(NodeImport& node) {
  emit_all(node, "gelu", node.all_inputs(), node.input(0).type);
}

/// a, scale, zero point, b, ...
void import_qlinear_binary(NodeImport& node) {
  emit_all(node, node.op() == "QLinearAdd" ? "add" : "mul", {&node.input(0), &node.input(3)},
           node.input(0).type);
}

/// Neither computed nor moved while inferring: the value itself.
void import_identity(NodeImport& node) {
  node.output(0, node.input(0));
}

void import_lrn(NodeImport& node) {
  emit_all(node, "lrn", {&node.input(0)}, node.input(0).type);
}

void import_rotary(NodeImport& node) {
  Value& x = node.input(0);
  node.output(0, node.emit(graph::Elementwise{"rope"}, {&x}, x.shape, x.type));
}

}  // namespace

std::span<const Operator> elementwise_operators() {
  static constexpr Operator kOperators[] = {{"Abs", import_unary},
                                            {"Acos", import_unary},
                                            {"Acosh", import_unary},
                                            {"Asin", import_unary},
                                            {"Asinh", import_unary},
                                            {"Atan", import_unary},
                                            {"Atanh", import_unary},
                                            {"Ceil", import_unary},
                                            {"Celu", import_unary},
                                            {"Clip", import_unary},
                                            {"Cos", import_unary},
                                            {"Cosh", import_unary},
                                            {"CumSum", import_unary},
                                            {"Elu", import_unary},
                                            {"Erf", import_unary},
                                            {"Exp", import_unary},
                                            {"Floor", import_unary},
                                            {"HardSigmoid", import_unary},
                                            {"HardSwish", import_unary},
                                            {"LeakyRelu", import_unary},
                                            {"Log", import_unary},
                                            {"Mish", import_unary},
                                            {"Neg", import_unary},
                                            {"Not", import_unary},
                                            {"QuickGelu", import_unary},
                                            {"Reciprocal", import_unary},
                                            {"Relu", import_unary},
                                            {"Round", import_unary},
                                            {"Selu", import_unary},
                                            {"Sigmoid", import_unary},
                                            {"Sign", import_unary},
                                            {"Sin", import_unary},
                                            {"Sinh", import_unary},
                                            {"Softplus", import_unary},
                                            {"Softsign", import_unary},
                                            {"Sqrt", import_unary},
                                            {"Swish", import_unary},
                                            {"Tan", import_unary},
                                            {"Tanh", import_unary},
                                            {"ThresholdedRelu", import_unary},
                                            {"IsInf", import_predicate},
                                            {"IsNaN", import_predicate},
                                            {"Add", import_broadcast},
                                            {"And", import_broadcast},
                                            {"BitShift", import_broadcast},
                                            {"BitwiseAnd", import_broadcast},
                                            {"BitwiseOr", import_broadcast},
                                            {"BitwiseXor", import_broadcast},
                                            {"Div", import_broadcast},
                                            {"Max", import_broadcast},
                                            {"Mean", import_broadcast},
                                            {"Min", import_broadcast},
                                            {"Mod", import_broadcast},
                                            {"Mul", import_broadcast},
                                            {"Or", import_broadcast},
                                            {"PRelu", import_broadcast},
                                            {"Pow", import_broadcast},
                                            {"Sub", import_broadcast},
                                            {"Sum", import_broadcast},
                                            {"Xor", import_broadcast},
                                            {"Equal", import_comparison},
                                            {"Greater", import_comparison},
                                            {"GreaterOrEqual", import_comparison},
                                            {"Less", import_comparison},
                                            {"LessOrEqual", import_comparison},
                                            {"Where", import_where},
                                            {"Gelu", import_gelu},
                                            {"BiasGelu", import_gelu},
                                            {"FastGelu", import_gelu},
                                            {"QLinearAdd", import_qlinear_binary},
                                            {"QLinearMul", import_qlinear_binary},
                                            {"Identity", import_identity},
                                            {"Dropout", import_identity},
                                            {"RotaryEmbedding", import_rotary},
                                            {"LRN", import_lrn}};
  return kOperators;
}

}  // namespace npulse::importers
