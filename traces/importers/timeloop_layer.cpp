// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/timeloop_layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "traces/graph/shapes.h"

namespace npulse::importers::timeloop {
namespace {

/// Tensors that a dimension is in, as bits.
enum Member : unsigned { in_x = 1, in_weights = 2, in_output = 4 };

bool starts_with_any(std::string name, std::initializer_list<const char*> beginnings) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const char* beginning) { return name.rfind(beginning, 0) == 0; });
}

bool is_plain(const Rank& rank) {
  return rank.size() == 1 && rank[0].factor == 1;
}

class Matcher {
 public:
  explicit Matcher(const Problem& problem) : problem_{problem} {}

  Layer match() {
    tell_spaces_apart();
    require_plain(*output_);
    require_plain(*weights_);
    note(*x_, in_x);
    note(*weights_, in_weights);
    note(*output_, in_output);
    for (const Rank& rank : x_->ranks) {
      if (!is_plain(rank) && !trivial(rank)) slide(rank);
    }
    for (const auto& [name, bound] : problem_.bounds) {
      if (bound > 1) take(name, bound);
    }
    layer_.slides = layer_.kernel != kOnes || layer_.stride != kOnes ||
                    (layer_.positions[0] > 1 && layer_.positions[1] > 1);
    return layer_;
  }

 private:
  static constexpr std::array<std::int64_t, 2> kOnes{1, 1};

  [[noreturn]] void refuse(const std::string& where, const std::string& message) const {
    throw InputError{where, fmt::format("{}: {}", problem_.name, message),
                     "convolutions, grouped or depthwise too, and matrix products can be imported"};
  }

  /// The two that are read and the one that is written; of the read ones the weights are not
  /// projected on sums, or have their name, or come second.
  void tell_spaces_apart() {
    std::vector<const DataSpace*> read;
    for (const DataSpace& space : problem_.spaces) {
      if (!space.written) {
        read.push_back(&space);
      } else if (std::exchange(output_, &space)) {
        refuse(space.where, fmt::format("'{}' is a second output", space.name));
      }
    }
    if (!output_) refuse(problem_.where, "no data space has read_write: true");
    if (read.size() != 2) {
      refuse(problem_.where, fmt::format("{} data spaces are read, not 2", read.size()));
    }
    const auto sums = [&](const DataSpace& space) {
      return std::any_of(space.ranks.begin(), space.ranks.end(),
                         [&](const Rank& rank) { return !is_plain(rank) && !trivial(rank); });
    };
    const bool first_named = starts_with_any(read[0]->name, {"weight", "filter", "kernel"});
    const bool second_named = starts_with_any(read[1]->name, {"weight", "filter", "kernel"});
    const bool first = sums(*read[1]) || (!sums(*read[0]) && first_named && !second_named);
    weights_ = read[first ? 0 : 1];
    x_ = read[first ? 1 : 0];
  }

  void require_plain(const DataSpace& space) const {
    for (const Rank& rank : space.ranks) {
      if (is_plain(rank) || trivial(rank)) continue;
      refuse(space.where,
             fmt::format("'{}' is projected on {}, not on one dimension", space.name, text(rank)));
    }
  }

  /// Only index 0 is ever used.
  bool trivial(const Rank& rank) const {
    return std::all_of(rank.begin(), rank.end(),
                       [&](const Term& term) { return problem_.bounds.at(term.dimension) == 1; });
  }

  static std::string text(const Rank& rank) {
    std::vector<std::string> terms;
    for (const Term& term : rank) {
      terms.push_back(term.factor == 1 ? term.dimension
                                       : fmt::format("{}*{}", term.factor, term.dimension));
    }
    return fmt::format("{}", fmt::join(terms, " + "));
  }

  void note(const DataSpace& space, Member member) {
    for (const Rank& rank : space.ranks) {
      for (const Term& term : rank) {
        unsigned& in = members_[term.dimension];
        if ((in & member) && problem_.bounds.at(term.dimension) > 1) {
          refuse(space.where, fmt::format("'{}' is projected on dimension '{}' twice", space.name,
                                          term.dimension));
        }
        in |= member;
      }
    }
  }

  /// A kernel dimension times its dilation plus a position times its stride, or one of them.
  void slide(const Rank& rank) {
    const Term *kernel = nullptr, *position = nullptr;
    for (const Term& term : rank) {
      const unsigned in = members_.at(term.dimension);
      const Term** role = in == (in_x | in_weights)  ? &kernel
                          : in == (in_x | in_output) ? &position
                                                     : nullptr;
      if (!role || *role) {
        refuse(x_->where, fmt::format("'{}' is projected on {}, no kernel that slides over "
                                      "positions",
                                      x_->name, text(rank)));
      }
      *role = &term;
    }
    windows_.push_back({kernel, position});
    if (windows_.size() > 2) {
      refuse(x_->where, fmt::format("'{}' slides in more than two dimensions", x_->name));
    }
  }

  /// The window that a dimension slides in; the first is that of the output's first position.
  std::optional<std::size_t> window_of(const std::string& name) const {
    for (std::size_t i = 0; i < windows_.size(); ++i) {
      for (const Term* term : {windows_[i].kernel, windows_[i].position}) {
        if (term && term->dimension == name) return place_of(i);
      }
    }
    return std::nullopt;
  }

  std::size_t place_of(std::size_t window) const {
    if (windows_.size() < 2) return window;
    for (const Rank& rank : output_->ranks) {
      for (std::size_t i = 0; i < windows_.size(); ++i) {
        const Term* position = windows_[i].position;
        if (position && rank[0].dimension == position->dimension) return window == i ? 0 : 1;
      }
    }
    return window;
  }

  void take(const std::string& name, std::int64_t bound) {
    const auto window = window_of(name);
    const unsigned in = members_[name];
    if (window && in == (in_x | in_weights)) return take_kernel(*window, name, bound);
    if (window) return take_position(*window, name, bound);
    switch (in) {
      case in_x | in_output:
        return multiply(layer_.batch, bound);
      case in_x | in_weights:
        return multiply(layer_.channels, bound);
      case in_weights | in_output:
        return multiply(layer_.filters, bound);
      case in_x | in_weights | in_output:
        return multiply(layer_.groups, bound);
      default:
        refuse(problem_.where, fmt::format("dimension '{}' of size {} is in {} of the tensors",
                                           name, bound, in == 0 ? "none" : "only one"));
    }
  }

  void take_kernel(std::size_t window, const std::string& name, std::int64_t bound) {
    layer_.kernel[window] = bound;
    layer_.dilation[window] = factor_of(name);
  }
  void take_position(std::size_t window, const std::string& name, std::int64_t bound) {
    layer_.positions[window] = bound;
    layer_.stride[window] = factor_of(name);
  }

  std::int64_t factor_of(const std::string& name) const {
    for (const Rank& rank : x_->ranks) {
      for (const Term& term : rank) {
        if (term.dimension == name) return term.factor;
      }
    }
    return 1;
  }

  void multiply(std::int64_t& size, std::int64_t bound) const {
    const auto both = graph::product(std::vector{size, bound}, graph::kMaxDimension);
    if (!both) refuse(problem_.where, "the product of its dimensions is over 2^32");
    size = *both;
  }

  struct Window {
    const Term *kernel, *position;
  };

  const Problem& problem_;
  const DataSpace *x_ = nullptr, *weights_ = nullptr, *output_ = nullptr;
  std::map<std::string, unsigned> members_;
  std::vector<Window> windows_;
  Layer layer_;
};

}  // namespace

Layer layer_of(const Problem& problem) {
  return Matcher{problem}.match();
}

}  // namespace npulse::importers::timeloop
