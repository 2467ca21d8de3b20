// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/vector_kinds.h"

#include <algorithm>
#include <map>

namespace npulse::lowering {
namespace {

using Kinds = std::vector<isa::VecKind>;
using enum isa::VecKind;

// Compositions are `assumed`: the plain formula, one vector operation a step.
const std::map<std::string, Kinds>& table() {
  static const std::map<std::string, Kinds> kTable{
      {"add", {add}},
      {"sum", {add}},
      {"sub", {sub}},
      {"mul", {mul}},
      {"div", {reciprocal, mul}},
      {"max", {max}},
      {"min", {min}},
      {"mean", {add, mul}},
      {"neg", {mul}},
      {"abs", {max}},
      {"relu", {relu}},
      {"relu6", {relu, min}},
      {"clip", {max, min}},
      {"leakyrelu", {mul, max}},
      {"prelu", {mul, max}},
      {"elu", {exp, max}},
      {"selu", {exp, max}},
      {"celu", {exp, max}},
      {"thresholdedrelu", {max}},
      {"sigmoid", {sigmoid}},
      {"hardsigmoid", {mul, add, max, min}},
      {"hardswish", {add, max, min, mul}},
      {"tanh", {tanh}},
      {"gelu", {gelu}},
      {"fastgelu", {gelu}},
      {"silu", {silu}},
      {"swish", {silu}},
      {"mish", {exp, tanh, mul}},
      {"softplus", {exp, add}},
      {"softsign", {reciprocal, mul}},
      {"exp", {exp}},
      {"log", {exp}},
      {"erf", {tanh}},
      {"sin", {exp}},
      {"cos", {exp}},
      {"sqrt", {rsqrt, mul}},
      {"reciprocal", {reciprocal}},
      {"pow", {exp, mul}},
      {"rope", {mul, mul, add}},
      {"where", {mul, add}},
      {"floor", {copy}},
      {"ceil", {copy}},
      {"round", {copy}},
      {"sign", {copy}},
      {"not", {sub}},
      {"and", {mul}},
      {"or", {max}},
      {"xor", {sub}},
      {"equal", {sub}},
      {"less", {sub}},
      {"lessorequal", {sub}},
      {"greater", {sub}},
      {"greaterorequal", {sub}},
      {"mod", {sub}},
      {"quantise", {mul}},
      {"dequantise", {mul}},
  };
  return kTable;
}

}  // namespace

std::optional<Kinds> elementwise_kinds(const std::string& kind) {
  std::string plain;
  for (const char c : kind) {
    if (c != '_') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const auto found = table().find(plain);
  if (found == table().end()) return std::nullopt;
  return found->second;
}

double elementwise_scalar(const std::string& kind, isa::VecKind operation) {
  if (kind == "neg" && operation == mul) return -1;
  if (kind == "relu6" && operation == min) return 6;
  return 1;
}

bool takes_second_input(isa::VecKind kind) {
  return kind == add || kind == sub || kind == mul || kind == max || kind == min;
}

isa::VecKind reduction_kind(const std::string& kind) {
  const bool extreme = kind.find("max") != std::string::npos ||
                       kind.find("min") != std::string::npos ||
                       kind.find("arg") != std::string::npos;
  return extreme ? reduce_max : reduce_sum;
}

}  // namespace npulse::lowering
