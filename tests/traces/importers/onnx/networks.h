// SPDX-License-Identifier: Apache-2.0
// Well-known networks as ONNX models without weights, written from the tables of their papers.
#pragma once

#include "tests/traces/importers/onnx/onnx_model.h"

namespace npulse::tests {

/// He et al. 2016 (arXiv:1512.03385), table 1; bottlenecks stride in their 3x3, as all current
/// ones.
OnnxModel resnet18();
OnnxModel resnet50();

/// Sandler et al. 2018 (arXiv:1801.04381), table 2.
OnnxModel mobilenet_v2();

/// Ronneberger et al. 2015 (arXiv:1505.04597), figure 1: one channel of 572 x 572, two classes.
OnnxModel unet();

struct TransformerSize {
  std::int64_t layers, hidden, heads, ffn;
};

/// Devlin et al. 2019 (arXiv:1810.04805): layers 24, hidden 1024, heads 16, ffn 4096; symbolic
/// dimensions `batch` and `seq`, shapes computed in the graph as PyTorch exports them.
constexpr TransformerSize kBertLarge{24, 1024, 16, 4096};
OnnxModel bert_large();

/// Dosovitskiy et al. 2021 (arXiv:2010.11929), table 1, patches of 16 x 16 of 224 x 224.
constexpr TransformerSize kVitBase{12, 768, 12, 3072};
OnnxModel vit_base();

}  // namespace npulse::tests
