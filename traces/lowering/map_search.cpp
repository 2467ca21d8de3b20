// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/map_search.h"

#include <algorithm>
#include <numeric>

#include "isa/memory_program.h"
#include "traces/lowering/gemm.h"
#include "traces/lowering/graph/graph_search.h"
#include "traces/lowering/panel_mapping.h"
#include "traces/lowering/prefill.h"
#include "traces/lowering/program_writer.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kLeastShare = 8;  ///< Simulations that make looking at a layer worth while.

/// Linear layers outside of experts; others keep the cost model's choice.
class PrefillSearch {
 public:
  explicit PrefillSearch(const Job& job) : job_{job}, plan_{job} {
    for (const Matrix which :
         {Matrix::qkv, Matrix::q_down, Matrix::kv_down, Matrix::q_nope, Matrix::q_rope,
          Matrix::k_up, Matrix::v_up, Matrix::out, Matrix::gate_up, Matrix::down}) {
      if (plan_.matrix(which).shape().n > 0) layers_.push_back({which, {}});
    }
  }

  Mapping search(const MapSearch& search) {
    std::vector<MapTrial> trials;
    for (Layer& layer : layers_) trials.push_back(trial(layer));
    const std::vector<std::size_t> best = run_trials(trials, search);
    Mapping found = plan_.choices;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (!layers_[i].tilings.empty()) put(found, layers_[i], best[i]);
    }
    return found;
  }

 private:
  struct Layer {
    Matrix which;
    std::vector<PanelTiling> tilings;
  };

  PanelProblem problem(Matrix which) const {
    const Linear& linear = plan_.matrix(which);
    return {job_, linear.shape(), linear.columns(0).size(), plan_.rows(),
            plan_.limits[static_cast<std::size_t>(which)]};
  }

  void put(Mapping& mapping, const Layer& layer, std::size_t candidate) const {
    const LayerMapping entry = mapping_of(problem(layer.which), layer.tilings[candidate]);
    for (LayerMapping& other : mapping.layers) {
      if (other.name == entry.name) other = entry;
    }
  }

  MapTrial trial(Layer& layer) {
    const LinearShape& shape = plan_.matrix(layer.which).shape();
    return {shape.region, static_cast<double>(shape.elements()),
            [this, &layer](std::size_t most) {
              const PanelProblem asked = problem(layer.which);
              MappingUse use{job_.options.mapping};
              const auto request = use.layer(asked.shape.region, freedom_of_panel());
              layer.tilings = rank_panel(job_, asked.shape, asked.share, asked.rows, asked.limits,
                                         wish_of(request, asked), most);
              return layer.tilings.size();
            },
            [this, &layer](std::size_t i, isa::ProgramSink& sink) {
              Job job = job_;
              job.options.mapping = plan_.choices;
              put(*job.options.mapping, layer, i);
              write_program(PanelLowering{job, layer.which}, job_.target, {}, sink);
            }};
  }

  const Job& job_;
  PrefillPlan plan_;
  std::vector<Layer> layers_;
};

}  // namespace

std::span<const EnumName<MapChoice>> enum_names(MapChoice) {
  static constexpr EnumName<MapChoice> kNames[] = {{MapChoice::cost, "cost"},
                                                   {MapChoice::search, "search"}};
  return kNames;
}

std::vector<std::size_t> run_trials(std::vector<MapTrial>& trials, const MapSearch& search) {
  std::vector<std::size_t> order(trials.size()), best(trials.size(), 0);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return trials[a].weight > trials[b].weight;
  });
  std::int64_t left = search.budget, layers_left = static_cast<std::int64_t>(trials.size());
  for (const std::size_t index : order) {
    const std::int64_t share = std::min(left, std::max(kLeastShare, left / layers_left--));
    if (share < 2) break;
    const MapTrial& trial = trials[index];
    const std::size_t candidates = trial.rank(static_cast<std::size_t>(share));
    std::optional<Cycles> fastest;
    for (std::size_t i = 0; candidates > 1 && i < candidates; ++i) {
      isa::MemoryProgram program{trial.layer};
      trial.lower(i, program);
      const Cycles cycles = search.cycles(program);
      if (!fastest || cycles < *fastest) fastest = cycles, best[index] = i;
      --left;
      const double done = 1 - static_cast<double>(left) / static_cast<double>(search.budget);
      if (search.progress) search.progress(done, trial.layer);
    }
  }
  return best;
}

Mapping search_mapping(const Model& model, const Options& options, const Target& target,
                       const MapSearch& search) {
  if (const auto* gemm = std::get_if<Gemm>(&model))
    return search_mapping(graph_of(*gemm), graph_options(options, target), target, search);
  const Job job = make_job(std::get<Transformer>(model), options, target);
  if (options.phase == Phase::prefill) return PrefillSearch{job}.search(search);
  return MappingUse{options.mapping}.finish();  // of decode there is nothing to search
}

}  // namespace npulse::lowering
