// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/residency.h"

#include <algorithm>

#include "traces/lowering/graph/graph_plan.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kAlignment = 64;  // assumed: no scratchpad access is wider than 64 B

Bytes slots_of(const ContractionStep& step, const Formats& formats) {
  return bytes_of(step.loops, step.tiling.tile, step.extras(), formats_of(step, formats))
      .scratchpad();
}

/// Rows of the input (over all images) that a share of the output needs.
Range needed_rows(const Contraction& l, Range rows) {
  const auto span = [&](std::int64_t row) {
    const std::int64_t image = row / l.oh, y = row % l.oh;
    InputSpan input{y * l.stride_h, 1, 0, 0};
    if (!l.pointwise()) input = input_rows(l, {y, y + 1});
    return Range{image * l.h + input.first, image * l.h + input.first + input.size};
  };
  return {span(rows.first).first, span(rows.last - 1).last};
}

class Keeper {
 public:
  Keeper(StepList& list, const Formats& formats, const Target& target)
      : list_{list}, formats_{formats}, target_{target}, uses_(list.graph.tensors.size(), 0) {
    for (const Step& step : list_.steps) {
      for (const graph::TensorId id : tensors_of(step)) ++uses_[list_.storage[id]];
    }
    for (const graph::TensorId id : list_.graph.outputs) ++uses_[list_.storage[id]];
  }

  Bytes run() {
    Bytes saved{};
    for (std::size_t i = 0; i + 1 < list_.steps.size(); ++i) {
      auto* maker = std::get_if<ContractionStep>(&list_.steps[i].work);
      auto* reader = std::get_if<ContractionStep>(&list_.steps[i + 1].work);
      if (maker && reader && alone_between(*maker, *reader)) saved += keep(*maker, *reader);
    }
    return saved;
  }

 private:
  /// Two uses: it is made and read. As it is made it must be read.
  bool alone_between(const ContractionStep& maker, const ContractionStep& reader) const {
    if (!maker.tiling.keeps_output) return false;
    const graph::TensorId id = list_.storage[maker.output];
    const Contraction &a = maker.loops, &b = reader.loops;
    return id == list_.storage[reader.input] && uses_[id] == 2 && reader.input != reader.weights &&
           a.channels() == b.in_channels() && a.ow == b.w && a.rows() == b.batch * b.h;
  }

  Bytes keep(ContractionStep& maker, ContractionStep& reader) {
    const auto rows = rows_by_core(maker, reader);
    if (rows.empty()) return {};
    const std::int64_t row = maker.loops.ow * maker.loops.channels();
    std::int64_t most = 0;
    for (const Range& range : rows) most = std::max(most, range.size());
    const std::int64_t bytes =
        round_up(isa::bytes_of(most * row, formats_.activation).count(), kAlignment);
    const auto at = place(maker, reader, bytes);
    if (!at) return {};
    maker.kept_output = ResidentTensor{*at, rows};
    reader.kept_input = ResidentTensor{*at, rows};
    kept_bytes_ = bytes;
    const Bytes stored = isa::bytes_of(maker.loops.rows() * row, formats_.activation);
    return stored;
  }

  /// What each core makes; nothing when one reads more than that.
  std::vector<Range> rows_by_core(const ContractionStep& maker,
                                  const ContractionStep& reader) const {
    std::vector<Range> rows;
    for (const CoreShare& share : maker.tiling.shares) {
      const bool empty = share.rows.size() == 0 || share.channels.size() == 0;
      if (!empty && share.channels.size() < maker.loops.channels()) return {};
      rows.push_back(empty ? Range{} : share.rows);
    }
    for (std::size_t core = 0; core < reader.tiling.shares.size(); ++core) {
      const CoreShare& share = reader.tiling.shares[core];
      if (share.rows.size() == 0 || share.channels.size() == 0) continue;
      const Range needed = needed_rows(reader.loops, share.rows);
      if (core >= rows.size() || needed.first < rows[core].first || needed.last > rows[core].last)
        return {};
    }
    return rows;
  }

  /// At the end of the scratchpad; before what the maker reads where that lies there.
  std::optional<Address> place(const ContractionStep& maker, const ContractionStep& reader,
                               std::int64_t bytes) const {
    const std::int64_t end = target_.spm_bytes.count() / kAlignment * kAlignment;
    std::int64_t below = slots_of(maker, formats_).count(), at = end - bytes;
    if (maker.kept_input) {
      const auto other = static_cast<std::int64_t>(maker.kept_input->at);
      if (at < other + kept_bytes_) at = other - bytes;
    }
    below = std::max(below, slots_of(reader, formats_).count());
    if (at < below) return std::nullopt;
    return static_cast<Address>(at);
  }

  StepList& list_;
  const Formats& formats_;
  const Target& target_;
  std::vector<std::int64_t> uses_;  ///< By tensor: steps that make or read it, and the outside.
  std::int64_t kept_bytes_ = 0;     ///< Of the last one that was kept.
};

}  // namespace

Bytes keep_in_scratchpads(StepList& steps, const Formats& formats, const Target& target) {
  return Keeper{steps, formats, target}.run();
}

}  // namespace npulse::lowering
