// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/ethosu.h"

#include <fmt/format.h>

#include <filesystem>

#include "sim/core/file_text.h"
#include "traces/graph/check.h"
#include "traces/importers/ethosu_graph.h"

namespace npulse::importers {
namespace {

using namespace ethosu;

std::string counted(const std::map<std::string, std::int64_t>& unknown) {
  std::vector<std::string> words;
  for (const auto& [code, count] : unknown) words.push_back(fmt::format("{} ({})", code, count));
  return join(words);
}

}  // namespace

Imported import_ethosu_bytes(const std::string& bytes, const std::string& file) {
  GraphBuilder builder;
  Imported imported;
  std::int64_t kernel_waits = 0, dma_waits = 0;
  std::map<std::string, std::int64_t> unknown;
  for (const Stream& stream : decode(bytes, file)) {
    builder.add(stream.operations);
    kernel_waits += stream.kernel_waits;
    dma_waits += stream.dma_waits;
    for (const auto& [code, count] : stream.unknown) unknown[code] += count;
  }
  const auto warn = [&](std::string message) {
    imported.warnings.push_back({file, std::move(message), {}});
  };
  const Traffic& traffic = builder.traffic();
  if (traffic.copies > 0) {
    warn(
        fmt::format("{} copies of {} constant bytes into fast memory are left out: lowering "
                    "places weights itself",
                    traffic.copies, traffic.copied_bytes));
  }
  if (traffic.weight_bytes > 0) {
    warn(
        fmt::format("weights and scales are {} compressed bytes in the stream; the graph has them "
                    "expanded, as i8",
                    traffic.weight_bytes));
  }
  if (kernel_waits + dma_waits > 0) {
    warn(
        fmt::format("{} KERNEL_WAIT and {} DMA_WAIT are left out: the order follows from "
                    "addresses",
                    kernel_waits, dma_waits));
  }
  if (!unknown.empty()) warn("commands that are not known, left out: " + counted(unknown));
  graph::Graph graph = builder.finish(std::filesystem::path{file}.stem().string());
  if (graph.nodes.empty()) throw InputError{file, "the stream holds no operation"};
  graph::check(graph, file);
  imported.product = std::move(graph);
  return imported;
}

Imported import_ethosu(const std::string& path, const ImportOptions&) {
  return import_ethosu_bytes(read_whole(path), path);
}

}  // namespace npulse::importers
