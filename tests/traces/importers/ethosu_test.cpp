// SPDX-License-Identifier: Apache-2.0
// Command streams of Ethos-U: shapes as they were written, links as the addresses say, and damaged
// files refused by the byte.
#include "traces/importers/ethosu.h"

#include <catch2/catch.hpp>

#include "tests/support/ethosu_writer.h"
#include "tests/support/random.h"
#include "traces/graph/counts.h"

using namespace npulse;
using namespace npulse::importers;
using graph::Graph, graph::Conv;
using test::EthosuMap, test::EthosuWindow, test::EthosuWriter;
using Shape = std::vector<std::int64_t>;
using namespace std::string_literals;

namespace {

constexpr unsigned kConv = 2, kDepthwise = 3, kPool = 5, kElementwise = 6;

struct Import {
  Graph graph;
  std::vector<Diagnostic> warnings;
};

Import import_bytes(const std::string& bytes) {
  Imported imported = import_ethosu_bytes(bytes, "net.bin");
  return {std::get<Graph>(std::move(imported.product)), std::move(imported.warnings)};
}

Import import_stream(EthosuWriter writer) {
  writer.stop();
  return import_bytes(writer.bytes);
}

std::string fault_in(const std::string& bytes) {
  try {
    import_bytes(bytes);
  } catch (const InputError& error) {
    return error.faults().front().text();
  }
  return "";
}

/// 16 x 16 x 8 to 16 x 16 x 24, padded.
EthosuWriter small_conv() {
  EthosuWriter writer;
  writer.ifm({.base = 0, .height = 16, .width = 16, .depth = 8});
  writer.ofm({.base = 0x4000, .height = 16, .width = 16, .depth = 24});
  writer.window({.kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1});
  writer.weights(0, 0x100, 900);
  writer.plain(kConv);
  return writer;
}

/// A 1 x 1 average pool: a copy, to link operations with.
void copy(EthosuWriter& writer, const EthosuMap& from, const EthosuMap& to) {
  writer.ifm(from);
  writer.ofm(to);
  writer.window({});
  writer.plain(kPool, 1);
}

const graph::Tensor& input(const Graph& graph, std::size_t node, std::size_t place = 0) {
  return graph.tensors[graph.nodes.at(node).inputs.at(place)];
}
const graph::Tensor& output(const Graph& graph, std::size_t node) {
  return graph.tensors[graph.nodes.at(node).outputs.at(0)];
}

std::string all(const std::vector<Diagnostic>& warnings) {
  std::string text;
  for (const Diagnostic& warning : warnings) text += warning.text() + "\n";
  return text;
}

}  // namespace

TEST_CASE("Bare words, the driver's payload and a TFLite model hold the same stream",
          "[importers][ethosu]") {
  EthosuWriter writer = small_conv();
  writer.stop();
  const std::string payload = writer.payload(1);
  EthosuWriter tflite;
  tflite.word(0x20);
  tflite.bytes += "TFL3";
  tflite.word(7);
  tflite.word(payload.size());
  tflite.bytes += payload + std::string(8, '\0');
  const auto without_places = [](Graph graph) {
    for (graph::Node& node : graph.nodes) node.source.clear();
    return graph;
  };
  const Graph bare = import_bytes(writer.bytes).graph;
  REQUIRE(bare.nodes.size() == 1);
  CHECK(bare.nodes[0].source == "net.bin:byte " + std::to_string(writer.bytes.size() - 8));
  CHECK((without_places(import_bytes(payload).graph) == without_places(bare)));
  CHECK((without_places(import_bytes(tflite.bytes).graph) == without_places(bare)));
}

TEST_CASE("Windows have the shapes and multiplications that were compiled", "[importers][ethosu]") {
  test::Random random{71};
  for (int i = 0; i < 500; ++i) {
    EthosuWindow w{.kh = random.between(1, 5),
                   .kw = random.between(1, 5),
                   .sy = random.between(1, 5),
                   .sx = random.between(1, 5),
                   .dy = random.between(1, 2),
                   .dx = random.between(1, 2)};
    w.top = random.between(0, w.dy * (w.kh - 1));
    w.right = random.between(0, w.dx * (w.kw - 1));
    const bool depthwise = random.coin();
    const std::int64_t ic = random.between(1, 40), oc = depthwise ? ic : random.between(1, 40),
                       oh = random.between(2, 30), ow = random.between(2, 30);
    const EthosuMap in{.height = (oh - 1) * w.sy + w.dy * (w.kh - 1) + 1 - w.top,
                       .width = (ow - 1) * w.sx + w.dx * (w.kw - 1) + 1 - w.right,
                       .depth = ic,
                       .bytes = random.coin() ? 1 : 2,
                       .bricks = random.coin()};
    if (in.height < 1 || in.width < 1) continue;
    EthosuWriter writer;
    writer.ifm(in);
    writer.ofm({.region = 2, .height = oh, .width = ow, .depth = oc, .bricks = random.coin()});
    writer.window(w);
    writer.weights(0, 0, 64);
    writer.plain(depthwise ? kDepthwise : kConv);
    const Graph graph = import_stream(writer).graph;
    CHECK(input(graph, 0).shape == Shape{1, ic, in.height, in.width});
    CHECK(input(graph, 0).type == (in.bytes == 1 ? graph::Type::i8 : graph::Type::i16));
    CHECK(output(graph, 0).shape == Shape{1, oc, oh, ow});
    CHECK(graph::count(graph).macs == oh * ow * oc * (depthwise ? 1 : ic) * w.kh * w.kw);
    const auto& conv = std::get<Conv>(graph.nodes[0].operation);
    CHECK(conv.stride == std::array<std::int64_t, 2>{w.sy, w.sx});
    CHECK(conv.pads == std::array<std::int64_t, 4>{w.top, 0, 0, w.right});
  }
}

TEST_CASE("A stream that Vela generated holds the operations that it was given",
          "[importers][ethosu]") {
  const Imported imported =
      import_ethosu(NPULSE_SOURCE_DIR "/tests/traces/importers/data/ethosu/vela.bin", {});
  const Graph& graph = std::get<Graph>(imported.product);
  REQUIRE(graph.nodes.size() == 5);
  CHECK(input(graph, 0).shape == Shape{1, 16, 32, 32});
  CHECK(output(graph, 0).shape == Shape{1, 32, 16, 15});
  CHECK(graph.nodes[1].inputs[0] == graph.nodes[0].outputs[0]);
  CHECK(std::get<Conv>(graph.nodes[1].operation).groups == 32);
  CHECK(std::get<graph::Layout>(graph.nodes[2].operation).kind == "slice");  // 14 of 15 columns
  CHECK(output(graph, 3).shape == Shape{1, 32, 8, 7});
  CHECK(graph.nodes[4].inputs[0] == graph.nodes[3].outputs[0]);
  CHECK(input(graph, 4, 1).shape == Shape{1, 32, 8, 1});
  CHECK(graph::count(graph).macs == 16 * 15 * 32 * (16 * 3 * 5 + 3 * 3));
  CHECK_THAT(all(imported.warnings),
             Catch::Contains("1 copies of 4096 constant bytes") && !Catch::Contains("not known"));
}

TEST_CASE("A model that Vela compiled has its layers, weights and multiplications",
          "[importers][ethosu]") {
  const Imported imported =
      import_ethosu(NPULSE_SOURCE_DIR "/tests/traces/importers/data/ethosu/vela.tflite", {});
  const Graph& graph = std::get<Graph>(imported.product);
  REQUIRE(graph.nodes.size() == 3);
  CHECK(graph.nodes[1].inputs[0] == graph.nodes[0].outputs[0]);
  CHECK(graph.nodes[2].inputs[0] == graph.nodes[1].outputs[0]);
  CHECK(graph::count(graph).parameters == 9 * (8 * 16 + 16 * 16 + 16 * 16));
  CHECK(graph::count(graph).macs == 9 * (16 * 16 * 8 * 16 + 2 * 8 * 8 * 16 * 16));  // Vela's too
  CHECK(graph.inputs.size() == 1);
  CHECK(graph.outputs == graph.nodes[2].outputs);
}

TEST_CASE("Pools and element-wise operations keep their kinds and broadcasts",
          "[importers][ethosu]") {
  EthosuWriter writer;
  const EthosuMap map{.base = 0, .height = 8, .width = 6, .depth = 16};
  writer.ifm(map);
  writer.ofm({.base = 0x1000, .height = 4, .width = 3, .depth = 16});
  writer.window({.kh = 2, .kw = 2, .sy = 2, .sx = 2});
  writer.plain(kPool, 0);
  writer.ofm({.base = 0x2000, .height = 8, .width = 6, .depth = 1, .bytes = 4});
  writer.window({});
  writer.plain(kPool, 2);
  writer.ofm({.base = 0x3000, .height = 8, .width = 6, .depth = 16});
  writer.ifm2({.base = 0x8000, .height = 1, .width = 1, .depth = 16}, 1 | 2);
  writer.plain(kElementwise, 1);
  writer.plain(kElementwise, 5);
  const Graph graph = import_stream(writer).graph;
  REQUIRE(graph.nodes.size() == 4);
  CHECK(std::get<graph::Pool>(graph.nodes[0].operation).kind == graph::PoolKind::max);
  CHECK(std::get<graph::Reduce>(graph.nodes[1].operation).kind == "sum");
  CHECK(output(graph, 1).type == graph::Type::i32);
  CHECK(std::get<graph::Elementwise>(graph.nodes[2].operation).kind == "add");
  CHECK(input(graph, 2, 1).shape == Shape{1, 16, 1, 1});
  CHECK(std::get<graph::Elementwise>(graph.nodes[3].operation).kind == "lrelu");
  CHECK(graph.nodes[3].inputs.size() == 1);
  CHECK(graph.inputs.size() == 2);
}

TEST_CASE("An operation reads the tensor that was written at its address", "[importers][ethosu]") {
  EthosuWriter writer = small_conv();
  const EthosuMap middle{.base = 0x4000, .height = 16, .width = 16, .depth = 24};
  copy(writer, middle, {.base = 0x9000, .height = 16, .width = 16, .depth = 24});
  const Graph graph = import_stream(writer).graph;
  REQUIRE(graph.nodes.size() == 2);
  CHECK(graph.nodes[1].inputs[0] == graph.nodes[0].outputs[0]);
  CHECK(graph.inputs.size() == 1);
  CHECK(graph.outputs == graph.nodes[1].outputs);
}

TEST_CASE("Stripes and slices that several operations wrote are gathered", "[importers][ethosu]") {
  EthosuWriter stripes;
  const EthosuMap upper{.base = 0x1000, .height = 4, .width = 8, .depth = 16},
      lower{.base = 0x1000 + 4 * 8 * 16, .height = 4, .width = 8, .depth = 16};
  copy(stripes, {.base = 0, .height = 4, .width = 8, .depth = 16}, upper);
  copy(stripes, {.base = 0, .height = 4, .width = 8, .depth = 16}, lower);
  copy(stripes, {.base = 0x1000, .height = 8, .width = 8, .depth = 16},
       {.base = 0x3000, .height = 8, .width = 8, .depth = 16});
  EthosuWriter slices;  // two halves of the channels of NHWC
  const EthosuMap from{.base = 0, .height = 8, .width = 8, .depth = 16};
  for (const std::uint64_t half : {0x1000, 0x1010}) {
    copy(slices, from, {.base = half, .height = 8, .width = 8, .depth = 16, .pixel_bytes = 32});
  }
  copy(slices, {.base = 0x1000, .height = 8, .width = 8, .depth = 32},
       {.base = 0x3000, .height = 8, .width = 8, .depth = 32});
  for (const Graph& graph : {import_stream(stripes).graph, import_stream(slices).graph}) {
    REQUIRE(graph.nodes.size() == 4);
    CHECK(std::get<graph::Layout>(graph.nodes[2].operation).kind == "gather");
    CHECK(graph.nodes[2].inputs ==
          std::vector{graph.nodes[0].outputs[0], graph.nodes[1].outputs[0]});
    CHECK(graph.nodes[3].inputs[0] == graph.nodes[2].outputs[0]);
    CHECK(graph.inputs.size() == 1);
  }
}

TEST_CASE("Pieces without end are refused by the byte", "[importers][ethosu]") {
  const EthosuMap gappy{.base = 0, .height = 4, .width = 4, .depth = 8, .pixel_bytes = 64};
  EthosuWriter writer;
  copy(writer, gappy, gappy);
  for (int i = 0; i < 20'000; ++i) writer.plain(kPool, 1);
  writer.stop();
  CHECK_THAT(fault_in(writer.bytes), Catch::StartsWith("net.bin:byte ") &&
                                         Catch::Contains("more than 1024 operations wrote"));
}

TEST_CASE("What is written over is gone", "[importers][ethosu]") {
  EthosuWriter writer;
  const EthosuMap in{.base = 0, .height = 4, .width = 4, .depth = 16},
      reused{.base = 0x1000, .height = 4, .width = 4, .depth = 16},
      out{.base = 0x2000, .height = 4, .width = 4, .depth = 16};
  copy(writer, in, reused);
  copy(writer, in, reused);
  copy(writer, reused, out);
  const Graph graph = import_stream(writer).graph;
  CHECK(graph.nodes[2].inputs[0] == graph.nodes[1].outputs[0]);
  CHECK(graph.outputs.size() == 2);
}

TEST_CASE("Copies of weights are counted, copies of results are nodes", "[importers][ethosu]") {
  EthosuWriter writer;
  writer.dma(0, 0x100, 2, 0, 900);
  writer.plain(0x011);
  writer.bytes += small_conv().bytes;
  writer.dma(1, 0x4000, 2, 0x8000, 16 * 16 * 24);
  copy(writer, {.region = 2, .base = 0x8000, .height = 16, .width = 16, .depth = 24},
       {.base = 0x9000, .height = 16, .width = 16, .depth = 24});
  writer.plain(0x012);
  const Import import = import_stream(writer);
  std::string kinds;
  for (const auto& node : import.graph.nodes) {
    const auto* layout = std::get_if<graph::Layout>(&node.operation);
    kinds += (layout ? layout->kind : "block") + " ";
  }
  CHECK(kinds == "block slice copy slice block ");
  CHECK_THAT(all(import.warnings), Catch::Contains("1 copies of 900 constant bytes") &&
                                       Catch::Contains("are 900 compressed bytes") &&
                                       Catch::Contains("1 KERNEL_WAIT and 1 DMA_WAIT"));
}

TEST_CASE("Weights at one address are one constant, activations by table are nodes",
          "[importers][ethosu]") {
  EthosuWriter writer = small_conv();
  writer.plain(0x125, 16);
  writer.plain(kConv);
  const Graph graph = import_stream(writer).graph;
  REQUIRE(graph.nodes.size() == 3);
  CHECK(graph.nodes[0].inputs[1] == graph.nodes[1].inputs[1]);
  CHECK(std::get<graph::Elementwise>(graph.nodes[2].operation).kind == "lookup");
  CHECK(graph::count(graph).parameters == 24 * 8 * 3 * 3);
}

TEST_CASE("Weights are told apart by where they come from, not by the buffer they pass through",
          "[importers][ethosu]") {
  const auto parameters = [](std::uint64_t second_source) {
    EthosuWriter writer;
    for (const std::uint64_t source : {std::uint64_t{0x1000}, second_source}) {
      writer.dma(0, source, 0, 0x100, 900);
      writer.bytes += small_conv().bytes;
    }
    return graph::count(import_stream(writer).graph).parameters;
  };
  CHECK(parameters(0x1000) == 24 * 8 * 3 * 3);
  CHECK(parameters(0x2000) == 2 * 24 * 8 * 3 * 3);
}

TEST_CASE("Upscaling stands before its operation", "[importers][ethosu]") {
  EthosuWriter writer = small_conv();
  writer.plain(0x107, 1);
  writer.plain(kConv);
  const Graph graph = import_stream(writer).graph;
  CHECK(std::get<graph::Layout>(graph.nodes[1].operation).kind == "resize");
  CHECK(input(graph, 1).shape == Shape{1, 8, 8, 8});
}

TEST_CASE("Commands that are not known are counted by their numbers", "[importers][ethosu]") {
  EthosuWriter writer = small_conv();
  writer.plain(0x1fe, 3);
  writer.plain(0x1fe, 4);
  writer.with_payload(0x2a, 1);
  CHECK_THAT(all(import_stream(writer).warnings), Catch::Contains("0x01fe (2), 0x402a (1)"));
}

TEST_CASE("Damaged and foreign files are refused by the byte", "[importers][ethosu]") {
  EthosuWriter whole = small_conv();
  const std::string open = whole.bytes;
  whole.stop();
  CHECK_THAT(fault_in(open), Catch::Contains("byte " + std::to_string(open.size())) &&
                                 Catch::Contains("without NPU_OP_STOP"));
  CHECK_THAT(fault_in(open + "ab"), Catch::Contains("ends within a command"));
  EthosuWriter cut;
  cut.word(0x4000);
  CHECK_THAT(fault_in(cut.bytes), Catch::Contains("net.bin:byte 0: a command lacks its payload"));
  EthosuWriter early;
  early.plain(kConv);
  CHECK_THAT(fault_in(early.bytes), Catch::Contains("net.bin:byte 0: the operation needs command"));
  EthosuWriter nothing;
  nothing.stop();
  CHECK_THAT(fault_in(nothing.bytes), Catch::Contains("holds no operation"));
  CHECK_THAT(fault_in(whole.payload(2)), Catch::Contains("after Ethos-U65"));
  CHECK_THAT(fault_in(whole.payload().substr(0, 60)), Catch::Contains("is cut off"));
  CHECK_THAT(fault_in("COP1\x09\x00\x00\x00"s), Catch::Contains("no action of the driver"));
  CHECK_THAT(fault_in("\x20\x00\x00\x00TFL3\x00\x00\x00\x00"s),
             Catch::Contains("without a custom operator of Ethos-U"));
  CHECK_THAT(fault_in("ab"), Catch::Contains("too short"));
  EthosuWriter mode = small_conv();
  mode.plain(kPool, 7);
  mode.stop();
  CHECK_THAT(fault_in(mode.bytes), Catch::Contains("mode 7 is not known"));
  CHECK_THROWS_WITH(import_ethosu("/nowhere.bin", {}), Catch::Contains("cannot be read"));
}
