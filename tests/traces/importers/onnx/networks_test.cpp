// SPDX-License-Identifier: Apache-2.0
// Whole networks: multiplications and parameters as published, or by closed form.
#include "tests/traces/importers/onnx/networks.h"

#include <catch2/catch.hpp>
#include <chrono>

#include "traces/graph/counts.h"
#include "traces/graph/shapes.h"

namespace npulse::tests {

namespace {

struct Published {
  const char* name;
  OnnxModel (*write)();
  double macs;
  std::int64_t parameters;
};

/// Multiplications of a stack of layers over `rows` tokens of one sequence.
std::int64_t layer_macs(const TransformerSize& size, std::int64_t rows) {
  const std::int64_t projections = 4 * size.hidden * size.hidden + 2 * size.hidden * size.ffn;
  return size.layers * rows * (projections + 2 * rows * size.hidden);
}

/// Of a layer: four projections and two of the feed-forward part with biases, two norms.
std::int64_t layer_parameters(const TransformerSize& size) {
  const std::int64_t h = size.hidden, f = size.ffn;
  return size.layers * (4 * (h * h + h) + (h * f + f) + (f * h + h) + 2 * 2 * h);
}

std::int64_t elements(const graph::Tensor& tensor) {
  return graph::product(tensor.shape, graph::kMaxElements).value();
}

/// Parameters without the scalars that exporters write as tensors.
std::int64_t parameters_without_scalars(const graph::Graph& graph) {
  std::int64_t scalars = 0;
  for (const auto& tensor : graph.tensors) {
    if (tensor.constant && tensor.shape.empty() && tensor.type == graph::Type::fp32) ++scalars;
  }
  return graph::count(graph).parameters - scalars;
}

/// Published counts are those of training: without the running means and variances.
std::int64_t trained_parameters(const graph::Graph& graph) {
  std::int64_t statistics = 0;
  for (const auto& node : graph.nodes) {
    const auto* norm = std::get_if<graph::Norm>(&node.operation);
    if (!norm || norm->kind != graph::NormKind::batch) continue;
    statistics +=
        elements(graph.tensors[node.inputs.at(3)]) + elements(graph.tensors[node.inputs.at(4)]);
  }
  return graph::count(graph).parameters - statistics;
}

}  // namespace

TEST_CASE("Convolutional networks have their published multiplications and parameters") {
  // MACs: issue 4; parameters: num_params of the models in torchvision (recalled, not read)
  const auto network = GENERATE(Published{"ResNet-18", resnet18, 1.81e9, 11'689'512},
                                Published{"ResNet-50", resnet50, 4.09e9, 25'557'032},
                                Published{"MobileNetV2", mobilenet_v2, 0.30e9, 3'504'872});
  INFO(network.name);
  const auto imported = network.write().import();
  const auto& graph = std::get<graph::Graph>(imported.product);
  CHECK(static_cast<double>(graph::count(graph).macs) == Approx(network.macs).epsilon(0.01));
  CHECK(trained_parameters(graph) == network.parameters);
  CHECK(tensor_named(graph, graph.tensors[graph.outputs.at(0)].name).shape == Dims{1, 1000});
  CHECK(imported.warnings.empty());
  CHECK(operations<graph::Opaque>(graph).empty());
}

TEST_CASE("U-Net has the map sizes of its figure, and their multiplications") {
  const auto graph = unet().graph();
  const auto twice = [](std::int64_t out, std::int64_t from, std::int64_t to) {
    return 9 * ((out + 2) * (out + 2) * from * to + out * out * to * to);
  };
  // Sizes after the two convolutions of each step, read off figure 1.
  std::int64_t macs = twice(568, 1, 64) + twice(280, 64, 128) + twice(136, 128, 256) +
                      twice(64, 256, 512) + twice(28, 512, 1024) + twice(52, 1024, 512) +
                      twice(100, 512, 256) + twice(196, 256, 128) + twice(388, 128, 64);
  for (const auto& [in, channels] :
       std::map<std::int64_t, std::int64_t>{{28, 1024}, {52, 512}, {100, 256}, {196, 128}}) {
    macs += in * in * channels * (channels / 2) * 4;  // up-convolutions, 2 x 2
  }
  macs += 388 * 388 * 64 * 2;
  CHECK(graph::count(graph).macs == macs);
  CHECK(graph.tensors[graph.outputs.at(0)].shape == Dims{1, 2, 388, 388});
  CHECK(static_cast<double>(graph::count(graph).parameters) == Approx(31.03e6).epsilon(0.001));
}

TEST_CASE("BERT-large has the multiplications and parameters of its closed form, for any batch") {
  const OnnxModel model = bert_large();
  for (const std::int64_t batch : {1, 8}) {
    for (const std::int64_t seq : {128, 384}) {
      const auto graph = model.graph({{"batch", batch}, {"seq", seq}});
      const auto counts = graph::count(graph);
      CHECK(counts.macs == batch * layer_macs(kBertLarge, seq));
      // Rows of the position table beyond `seq` are not part of what runs.
      const std::int64_t h = kBertLarge.hidden;
      CHECK(parameters_without_scalars(graph) ==
            (30522 + 2 + seq) * h + 2 * h + layer_parameters(kBertLarge));
    }
  }
}

TEST_CASE("ViT-B/16 has the multiplications and parameters of its closed form") {
  const auto graph = vit_base().graph();
  const std::int64_t h = kVitBase.hidden, patches = 14 * 14, patch = 3 * 16 * 16;
  CHECK(graph::count(graph).macs ==
        patches * patch * h + layer_macs(kVitBase, patches + 1) + 1000 * h);
  const std::int64_t parameters = (patch * h + h) + h + (patches + 1) * h +
                                  layer_parameters(kVitBase) + 2 * h + (1000 * h + 1000);
  CHECK(parameters_without_scalars(graph) == parameters);
  CHECK(static_cast<double>(parameters) == Approx(86.6e6).epsilon(0.01));  // table 1 of the paper
}

TEST_CASE("Shapes in whole networks are those of ONNX's own inference") {
  for (const OnnxModel& model : {resnet18(), resnet50(), mobilenet_v2(), unet(), vit_base()}) {
    const auto graph = model.graph();
    CHECK(compare_with_onnx(model, graph) >= static_cast<int>(graph.nodes.size()) * 9 / 10);
  }
}

TEST_CASE("ResNet-50 is imported in a fraction of a second") {
  const std::string bytes = resnet50().bytes();
  CHECK(bytes.size() < 100'000);  // no weights
  const auto start = std::chrono::steady_clock::now();
  resnet50().graph();
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds{500});
}

}  // namespace npulse::tests
