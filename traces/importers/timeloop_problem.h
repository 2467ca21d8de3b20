// SPDX-License-Identifier: Apache-2.0
// A Timeloop problem: loops, and the tensors that their indices are projected on.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/core/config_file.h"
#include "traces/importers/importer.h"

namespace npulse::importers::timeloop {

/// `factor` * the index of the loop `dimension`.
struct Term {
  std::string dimension;
  std::int64_t factor = 1;
};

/// One index of a tensor: a sum of terms.
using Rank = std::vector<Term>;

struct DataSpace {
  std::string name, where;
  std::vector<Rank> ranks;
  bool written = false;
};

struct Problem {
  std::string name, where;
  std::map<std::string, std::int64_t> bounds;  ///< Of every dimension, at least 1.
  std::vector<DataSpace> spaces;
};

/// What `root.problem` says. Warns of what is left out. Throws InputError with every fault.
Problem read_problem(const ConfigNode& root, const std::string& file, const ImportOptions& options,
                     std::vector<Diagnostic>& warnings);

}  // namespace npulse::importers::timeloop
