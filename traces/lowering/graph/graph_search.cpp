// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/graph_search.h"

#include "traces/lowering/graph/contraction_mapping.h"

namespace npulse::lowering {
namespace {

/// Equal layers are searched once.
struct Group {
  TilingProblem problem;
  StepList alone;  ///< One of their steps.
  std::vector<std::size_t> steps;
  std::vector<ContractionTiling> tilings;  ///< Candidates.
};

class Groups {
 public:
  Groups(const graph::Graph& graph, const GraphOptions& options, const Target& target)
      : formats_{formats_for(graph, options, target)},
        target_{target},
        plan_{graph, formats_, target, {}, options.attention, options.mapping},
        names_{layer_names(plan_.steps.steps)} {
    MappingUse use{options.mapping};
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const auto* work = std::get_if<ContractionStep>(&plan_.steps.steps[i].work);
      if (work) add(i, *work, use.layer(names_[i], freedom_of(work->loops)));
    }
  }

  Mapping search(const MapSearch& search) {
    std::vector<MapTrial> trials;
    for (Group& group : groups_) trials.push_back(trial(group));
    const std::vector<std::size_t> best = run_trials(trials, search);
    std::vector<LayerMapping> entries(names_.size());
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const Group& group = groups_[g];
      for (const std::size_t step : group.steps)
        entries[step] = mapping_of(names_[step], group.problem.loops, group.tilings[best[g]]);
    }
    std::erase_if(entries, [](const LayerMapping& entry) { return entry.name.empty(); });
    Mapping found;
    found.layers = std::move(entries);
    return found;
  }

 private:
  void add(std::size_t step, const ContractionStep& work, const LayerRequest& request) {
    Contraction loops = work.loops;
    loops.gathers = true;  // as before the choice
    const TilingProblem problem{loops, work.extras(), lowering::formats_of(work, formats_), target_,
                                wish_of(request, loops, target_)};
    for (Group& group : groups_) {
      const auto& other = std::get<ContractionStep>(group.alone.steps.front().work);
      const bool same = group.problem.loops == loops && group.problem.wish == problem.wish &&
                        group.problem.extras == problem.extras && same_operands(other, work);
      if (same) return group.steps.push_back(step);
    }
    StepList alone = plan_.steps;
    alone.steps = {plan_.steps.steps[step]};
    auto& itself = std::get<ContractionStep>(alone.steps.front().work);
    itself.kept_input.reset(), itself.kept_output.reset();
    groups_.push_back({problem, std::move(alone), {step}, {work.tiling}});
  }

  static bool same_operands(const ContractionStep& a, const ContractionStep& b) {
    return a.weights_constant == b.weights_constant &&
           a.weights_transposed == b.weights_transposed && a.then.size() == b.then.size();
  }

  MapTrial trial(Group& group) {
    MapTrial trial;
    trial.layer = names_[group.steps.front()];
    trial.weight =
        static_cast<double>(group.problem.loops.macs()) * static_cast<double>(group.steps.size());
    trial.rank = [&group](std::size_t most) {
      group.tilings = rank_contraction(group.problem, most);
      return group.tilings.size();
    };
    trial.lower = [&group, this](std::size_t i, isa::ProgramSink& sink) {
      StepList steps = group.alone;
      std::get<ContractionStep>(steps.steps.front().work).tiling = group.tilings[i];
      lower_steps(std::move(steps), formats_, target_, sink);
    };
    return trial;
  }

  Formats formats_;
  const Target& target_;
  GraphPlan plan_;
  std::vector<std::string> names_;
  std::vector<Group> groups_;
};

}  // namespace

Mapping search_mapping(const graph::Graph& graph, const GraphOptions& options, const Target& target,
                       const MapSearch& search) {
  return Groups{graph, options, target}.search(search);
}

}  // namespace npulse::lowering
