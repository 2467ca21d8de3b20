// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/weight_layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::lowering {

WeightLayout::WeightLayout(const Contraction& loops, const TileShape& tile, const Formats& formats)
    : loops_{loops}, formats_{formats}, chunk_channels_{std::min(tile.c, loops.c)} {
  const std::int64_t rest = loops.c % chunk_channels_;
  column_ = chunk(chunk_channels_, 1) * (loops.c / chunk_channels_);
  if (rest > 0) column_ += chunk(rest, 1);
}

Bytes WeightLayout::chunk(std::int64_t c, std::int64_t oc) const {
  return formats_.stored_bytes(loops_.taps() * c, oc);
}

Bytes WeightLayout::before(Range out, std::int64_t c) const {
  const std::int64_t within = c % chunk_channels_;
  ensure(within == 0 || !formats_.coded(), "a load begins within a chunk of coded weights");
  return tile(out.first) + chunk(chunk_channels_, out.size()) * (c / chunk_channels_) +
         isa::bytes_of(loops_.taps() * within * out.size(), formats_.weight);
}

void require_products_where_coded(const std::vector<Step>& steps, const Formats& formats) {
  if (!formats.coded()) return;
  std::vector<std::string> convolutions;
  for (const Step& step : steps) {
    const auto* work = std::get_if<ContractionStep>(&step.work);
    if (!work || !work->weights_constant) continue;
    if (!work->loops.product() || work->loops.groups > 1) convolutions.push_back(step.region);
  }
  if (convolutions.empty()) return;
  const std::size_t others = convolutions.size() - 1;
  throw InputError{
      "node " + convolutions.front(),
      fmt::format("its weights would be coded as {}, in groups along k of a matrix product; it is "
                  "a convolution{}",
                  to_string(formats.stored_weights),
                  others > 0 ? fmt::format(", and so are {} more nodes", others) : ""),
      "use a plain format: bf16, fp16, fp8 or int8"};
}

}  // namespace npulse::lowering
