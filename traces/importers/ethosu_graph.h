// SPDX-License-Identifier: Apache-2.0
// Operations of an Ethos-U command stream as nodes of a graph, linked by the bytes they touch.
#pragma once

#include <boost/icl/interval_map.hpp>
#include <set>
#include <tuple>

#include "traces/graph/graph.h"
#include "traces/importers/ethosu_stream.h"

namespace npulse::importers::ethosu {

/// What a graph does not show.
struct Traffic {
  std::int64_t copies = 0, copied_bytes = 0;  ///< Of constants, by DMA.
  std::int64_t weight_bytes = 0;              ///< Compressed, each address once.
};

class GraphBuilder {
 public:
  void add(const std::vector<Operation>& operations);
  const Traffic& traffic() const { return traffic_; }
  graph::Graph finish(const std::string& name);

 private:
  using Writers = std::set<graph::TensorId>;
  using Memory = boost::icl::interval_map<std::uint64_t, Writers, boost::icl::partial_enricher>;

  void add_block(const Operation& operation);
  void add_dma(const Operation& operation);
  graph::TensorId read(const FeatureMap& map, const std::string& name, const std::string& where);
  graph::TensorId read(const std::vector<Range>& ranges, graph::Type type,
                       const std::vector<std::int64_t>& shape, const std::string& name,
                       const std::string& where);
  void write(const FeatureMap& map, graph::TensorId tensor);
  graph::TensorId upscaled(graph::TensorId from, const Operation& operation,
                           const std::string& name);
  graph::TensorId weights(const Operation& operation, const std::string& name);
  Range source_of(Range range) const;
  graph::TensorId tensor(const std::string& name, graph::Type type, std::vector<std::int64_t> shape,
                         bool constant = false);
  void node(const std::string& name, graph::Operation operation,
            std::vector<graph::TensorId> inputs, graph::TensorId output, const std::string& where);

  graph::Graph graph_;
  std::map<std::uint64_t, Memory> written_;  ///< By region.
  std::map<std::tuple<std::vector<Range>, std::vector<std::int64_t>>, graph::TensorId> constants_,
      inputs_;
  std::vector<std::pair<Range, Range>> copies_;  ///< Of constants: from, to.
  std::set<Range> seen_weights_;
  std::set<graph::TensorId> used_;
  Traffic traffic_;
};

}  // namespace npulse::importers::ethosu
