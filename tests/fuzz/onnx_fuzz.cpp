// SPDX-License-Identifier: Apache-2.0
// Any bytes as an ONNX model, and any text as one in protobuf's text form, where small changes leave
// models sound. What is imported has passed the graph's checks: counting and writing it can not fail.
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <cstdint>
#include <sstream>

#include "traces/graph/counts.h"
#include "traces/graph/json.h"
#include "traces/importers/onnx.h"
#include "traces/importers/onnx/proto.h"

namespace {

using namespace npulse;

void exercise(const std::string& bytes) {
  std::istringstream in{bytes};
  try {
    const auto imported = importers::import_onnx(in, "fuzz", {});
    const auto& graph = std::get<graph::Graph>(imported.product);
    graph::count(graph);
    std::ostringstream out;
    graph::write_json(graph, out);
  } catch (const InputError&) {
  }
}

/// Instead of the one that prints.
class Silent : public google::protobuf::io::ErrorCollector {
  void AddError(int, int, const std::string&) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  exercise(text);
  onnx::ModelProto model;
  google::protobuf::TextFormat::Parser parser;
  Silent silent;
  parser.RecordErrorsTo(&silent);
  if (parser.ParseFromString(text, &model)) exercise(model.SerializeAsString());
  return 0;
}
