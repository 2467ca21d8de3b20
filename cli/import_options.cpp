// SPDX-License-Identifier: Apache-2.0
#include "cli/import_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/core/error.h"
#include "traces/importers/graph_file.h"

namespace po = boost::program_options;

namespace npulse::cli {
namespace {

using Words = std::vector<std::string>;

/// `batch=1,seq=2048`
void read_dims(const std::string& text, importers::ImportOptions& options) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string one = text.substr(at, end - at);
    const std::size_t equals = std::min(one.find('='), one.size());
    const char* last = one.data() + one.size();
    std::int64_t size = 0;
    const char* digits = std::min(one.data() + equals + 1, last);
    const auto [stop, error] = std::from_chars(digits, last, size);
    if (equals == 0 || error != std::errc{} || stop != last || size < 1) {
      throw InputError{"--dim", "'" + one + "' is not NAME=SIZE with a size of at least 1"};
    }
    options.dims[one.substr(0, equals)] = size;
    at = end + 1;
  }
}

}  // namespace

void add_import_options(CommandLine& line) {
  line.options()("strict", "Refuse what the format's own tool refuses, instead of repairing it.")(
      "dim", po::value<Words>()->value_name("NAME=SIZE,...")->composing(),
      "Sizes of symbolic dimensions.");
}

bool has_import_options(const CommandLine& line) {
  return line.has("strict") || line.has("dim");
}

importers::ImportOptions import_options(const CommandLine& line) {
  importers::ImportOptions options;
  options.strict = line.has("strict");
  if (line.has("dim")) {
    for (const std::string& text : line.get<Words>("dim")) read_dims(text, options);
  }
  return options;
}

void print_warnings(const std::vector<Diagnostic>& warnings) {
  for (const Diagnostic& warning : warnings) fmt::print(stderr, "warning: {}\n", warning.text());
}

std::optional<graph::Graph> graph_in(const CommandLine& line, const std::string& path) {
  std::optional<importers::ImportOptions> options;
  if (has_import_options(line)) options = import_options(line);
  auto file = importers::read_graph(path, options);
  if (!file) return std::nullopt;
  print_warnings(file->warnings);
  return std::move(file->graph);
}

}  // namespace npulse::cli
