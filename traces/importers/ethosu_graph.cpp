// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/ethosu_graph.h"

#include <fmt/format.h>

#include <algorithm>

namespace npulse::importers::ethosu {
namespace {

using graph::TensorId;
using Interval = boost::icl::interval<std::uint64_t>;
using Shape = std::vector<std::int64_t>;

constexpr std::int64_t kBrick = 16;  // channels
constexpr std::uint64_t kMaxAddress = std::uint64_t{1} << 48;
constexpr std::size_t kMaxWriters = 1024;  // stripes of a tensor, and those left under its gaps

graph::Type type_of(const FeatureMap& map) {
  return map.bytes == 1 ? graph::Type::i8 : map.bytes == 2 ? graph::Type::i16 : graph::Type::i32;
}

Shape shape_of(const FeatureMap& map) {
  return {1, map.depth, map.height, map.width};
}

/// Bytes from the first to the last of `height` x `width` pixels.
std::uint64_t extent(const FeatureMap& map, std::int64_t height, std::int64_t width) {
  const std::int64_t bricks = (map.depth + kBrick - 1) / kBrick;
  const std::int64_t innermost =
      map.bricks ? (bricks - 1) * map.stride_c + kBrick * map.bytes : map.depth * map.bytes;
  return static_cast<std::uint64_t>((height - 1) * map.stride_y + (width - 1) * map.stride_x +
                                    innermost);
}

/// The bytes of each tile; of NHCWB16 a row holds all its bricks.
std::vector<Range> ranges_of(const FeatureMap& map) {
  const std::int64_t top = std::min(map.height, map.height_0), bottom = map.height - top;
  const std::int64_t left = std::min(map.width, map.width_0), right = map.width - left;
  std::vector<Range> ranges;
  const auto add = [&](std::size_t tile, std::int64_t height, std::int64_t width) {
    if (height > 0 && width > 0) {
      ranges.push_back({map.region, map.base[tile], extent(map, height, width)});
    }
  };
  add(0, top, left);
  add(1, top, right);
  add(2, bottom, left);
  add(3, bottom, right);
  return ranges;
}

/// Whether it fills its ranges, so that what was there before is gone.
bool is_dense(const FeatureMap& map, const std::vector<Range>& ranges) {
  const std::int64_t depth = map.bricks ? (map.depth + kBrick - 1) / kBrick * kBrick : map.depth;
  std::uint64_t covered = 0;
  for (const Range& range : ranges) covered += range.length;
  return covered <= static_cast<std::uint64_t>(map.height * map.width * depth * map.bytes);
}

Interval::interval_type interval(const Range& range) {
  return Interval::right_open(range.address, range.address + range.length);
}

void require_addresses(const std::vector<Range>& ranges, const std::string& where) {
  for (const Range& range : ranges) {
    if (range.length <= kMaxAddress && range.address <= kMaxAddress) continue;
    throw InputError{where, "a tensor lies beyond 2^48 bytes"};
  }
}

graph::Operation operation_of(const Operation& block) {
  static constexpr const char* kElementwise[] = {"mul",   "add", "sub", "min", "max",
                                                 "lrelu", "abs", "clz", "shr", "shl"};
  switch (block.kind) {
    case Kind::conv:
      return graph::Conv{block.stride, block.dilation, block.pads, 1, false, {}};
    case Kind::depthwise:
      return graph::Conv{block.stride, block.dilation, block.pads, block.ifm.depth, false, {}};
    case Kind::pool:
      if (block.mode == 2) return graph::Reduce{"sum", {1}};
      if (block.mode > 2) break;
      return graph::Pool{block.mode == 0 ? graph::PoolKind::max : graph::PoolKind::average,
                         block.kernel, block.stride, block.pads};
    case Kind::elementwise:
      if (block.mode >= std::size(kElementwise)) break;
      return graph::Elementwise{kElementwise[block.mode]};
    case Kind::dma:
      break;
  }
  throw InputError{block.where, fmt::format("mode {} is not known", block.mode)};
}

const char* activation_name(unsigned activation) {
  return activation == 3 ? "tanh" : activation == 4 ? "sigmoid" : "lookup";
}

const char* kind_name(Kind kind) {
  static constexpr const char* kNames[] = {"conv", "depthwise", "pool", "elementwise", "dma"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace

void GraphBuilder::add(const std::vector<Operation>& operations) {
  for (const Operation& operation : operations) {
    if (operation.kind == Kind::dma) {
      add_dma(operation);
    } else {
      add_block(operation);
    }
  }
}

void GraphBuilder::add_block(const Operation& block) {
  const std::string name = fmt::format("{}.{}", graph_.nodes.size(), kind_name(block.kind));
  const graph::Operation operation = operation_of(block);
  std::vector<TensorId> inputs;
  if (block.upscale == 0) {
    inputs.push_back(read(block.ifm, name + ".ifm", block.where));
  } else {
    FeatureMap small = block.ifm;
    small.height = (small.height + 1) / 2;
    small.width = (small.width + 1) / 2;
    inputs.push_back(upscaled(read(small, name + ".small", block.where), block, name));
  }
  if (block.has_ifm2) inputs.push_back(read(block.ifm2, name + ".ifm2", block.where));
  if (block.kind == Kind::conv || block.kind == Kind::depthwise) {
    inputs.push_back(weights(block, name));
  }
  TensorId output = tensor(name + ".ofm", type_of(block.ofm), shape_of(block.ofm));
  node(name, operation, std::move(inputs), output, block.where);
  if (block.activation != 0) {
    const std::string kind = activation_name(block.activation);
    const TensorId before = output;
    output = tensor(name + "." + kind, type_of(block.ofm), shape_of(block.ofm));
    node(name + "." + kind, graph::Elementwise{kind}, {before}, output, block.where);
  }
  write(block.ofm, output);
}

/// A copy of what an operation wrote is a node; one of constants moves weights to fast memory.
void GraphBuilder::add_dma(const Operation& dma) {
  require_addresses({dma.dma_from, dma.dma_to}, dma.where);
  if (dma.dma_from.length == 0) return;
  const auto memory = written_.find(dma.dma_from.region);
  Memory& target = written_[dma.dma_to.region];
  if (memory == written_.end() || !boost::icl::intersects(memory->second, interval(dma.dma_from))) {
    ++traffic_.copies;
    traffic_.copied_bytes += static_cast<std::int64_t>(dma.dma_from.length);
    copies_.emplace_back(dma.dma_from, dma.dma_to);
    target.erase(interval(dma.dma_to));
    return;
  }
  const std::string name = fmt::format("{}.dma", graph_.nodes.size());
  const Shape bytes{static_cast<std::int64_t>(dma.dma_from.length)};
  const TensorId from = read({dma.dma_from}, graph::Type::i8, bytes, name + ".from", dma.where);
  const TensorId to = tensor(name + ".to", graph::Type::i8, bytes);
  node(fmt::format("{}.copy", graph_.nodes.size()), graph::Layout{"copy", {}}, {from}, to,
       dma.where);
  target.set({interval(dma.dma_to), Writers{to}});
}

TensorId GraphBuilder::read(const FeatureMap& map, const std::string& name,
                            const std::string& where) {
  return read(ranges_of(map), type_of(map), shape_of(map), name, where);
}

/// The tensor that lies there; where several operations wrote it, a node that gathers them.
TensorId GraphBuilder::read(const std::vector<Range>& ranges, graph::Type type, const Shape& shape,
                            const std::string& name, const std::string& where) {
  require_addresses(ranges, where);
  Writers writers;
  for (const Range& range : ranges) {
    const auto memory = written_.find(range.region);
    if (memory == written_.end()) continue;
    const auto [begin, end] = memory->second.equal_range(interval(range));
    for (auto part = begin; part != end; ++part) {
      writers.insert(part->second.begin(), part->second.end());
      if (writers.size() <= kMaxWriters) continue;
      throw InputError{
          where, fmt::format("more than {} operations wrote what this one reads", kMaxWriters),
          "a stream of Vela's has a few dozen at most"};
    }
  }
  used_.insert(writers.begin(), writers.end());
  if (writers.empty()) {
    const auto [known, fresh] = inputs_.try_emplace({ranges, shape}, graph_.tensors.size());
    if (fresh) graph_.inputs.push_back(tensor(name, type, shape));
    return known->second;
  }
  const graph::Tensor& first = graph_.tensors[*writers.begin()];
  if (writers.size() == 1 && first.shape == shape && first.type == type) return *writers.begin();
  const TensorId whole = tensor(name, type, shape);
  node(name, graph::Layout{writers.size() == 1 ? "slice" : "gather", {}},
       {writers.begin(), writers.end()}, whole, where);
  return whole;
}

void GraphBuilder::write(const FeatureMap& map, TensorId tensor) {
  const std::vector<Range> ranges = ranges_of(map);
  require_addresses(ranges, graph_.nodes.back().source);
  const bool dense = is_dense(map, ranges);
  for (const Range& range : ranges) {
    Memory& memory = written_[range.region];
    if (dense) {
      memory.set({interval(range), Writers{tensor}});
    } else {
      memory += std::make_pair(interval(range), Writers{tensor});
    }
  }
}

TensorId GraphBuilder::upscaled(TensorId from, const Operation& block, const std::string& name) {
  const TensorId to = tensor(name + ".ifm", type_of(block.ifm), shape_of(block.ifm));
  node(name + ".upscale", graph::Layout{block.upscale == 1 ? "resize" : "spread", {}}, {from}, to,
       block.where);
  return to;
}

/// Where constants that were last copied to `range` lie for good: buffers of fast memory are used
/// for one layer's weights after another's.
Range GraphBuilder::source_of(Range range) const {
  for (auto copy = copies_.rbegin(); copy != copies_.rend(); ++copy) {
    const auto& [from, to] = *copy;
    if (to.region != range.region || range.address < to.address) continue;
    const std::uint64_t offset = range.address - to.address;
    if (offset >= to.length) continue;
    return {from.region, from.address + offset, range.length};
  }
  return range;
}

TensorId GraphBuilder::weights(const Operation& block, const std::string& name) {
  const bool depthwise = block.kind == Kind::depthwise;
  const Shape shape{block.ofm.depth, depthwise ? 1 : block.ifm.depth, block.kernel[0],
                    block.kernel[1]};
  std::vector<Range> sources;
  for (const Range& range : block.weights) sources.push_back(source_of(range));
  for (const auto* ranges : {&block.weights, &block.scales}) {
    for (const Range& range : *ranges) {
      if (seen_weights_.insert(source_of(range)).second) {
        traffic_.weight_bytes += static_cast<std::int64_t>(std::min(range.length, kMaxAddress));
      }
    }
  }
  if (sources.empty()) return tensor(name + ".weights", graph::Type::i8, shape, true);
  const auto [known, fresh] = constants_.try_emplace({sources, shape}, graph_.tensors.size());
  if (fresh) tensor(name + ".weights", graph::Type::i8, shape, true);
  return known->second;
}

TensorId GraphBuilder::tensor(const std::string& name, graph::Type type, Shape shape,
                              bool constant) {
  graph_.tensors.push_back({name, type, std::move(shape), constant});
  return graph_.tensors.size() - 1;
}

void GraphBuilder::node(const std::string& name, graph::Operation operation,
                        std::vector<TensorId> inputs, TensorId output, const std::string& where) {
  used_.insert(inputs.begin(), inputs.end());
  graph_.nodes.push_back({name, std::move(operation), std::move(inputs), {output}, where});
}

graph::Graph GraphBuilder::finish(const std::string& name) {
  graph_.name = name;
  for (const graph::Node& made : graph_.nodes) {
    if (!used_.contains(made.outputs[0])) graph_.outputs.push_back(made.outputs[0]);
  }
  return std::move(graph_);
}

}  // namespace npulse::importers::ethosu
