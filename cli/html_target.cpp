// SPDX-License-Identifier: Apache-2.0
#include "cli/html_target.h"

#include <cstdlib>

#include "cli/chip_options.h"
#include "sim/core/error.h"
#include "sim/core/output_file.h"

namespace po = boost::program_options;
namespace fs = std::filesystem;

namespace npulse::cli {
namespace {

fs::path fresh_folder() {
  std::string name = (fs::temp_directory_path() / "npulse-XXXXXX").string();
  if (::mkdtemp(name.data())) return name;
  throw InputError{name, "cannot be made", "let TMPDIR name a writable folder"};
}

}  // namespace

void add_html_option(CommandLine& line) {
  line.options()("html", po::value<std::string>()->value_name("FILE"),
                 "Write the report as a web page that needs no network: words, plots, tables, "
                 "configuration. Needs the Python package.");
}

HtmlTarget::HtmlTarget(const CommandLine& line) : line_{line} {
  if (!line.has("html")) return;
  { const OutputFile writable{line.get<std::string>("html")}; }
  require_python("--html");
  folder_ = fresh_folder();
}

HtmlTarget::~HtmlTarget() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

std::optional<fs::path> HtmlTarget::timeline() const {
  if (line_.has("timeline")) return line_.get<std::string>("timeline");
  return folder_.empty() ? std::nullopt : std::optional{folder_ / "timeline.json"};
}

int HtmlTarget::write(const nlohmann::ordered_json& report) const {
  if (folder_.empty()) return 0;
  const fs::path json = folder_ / "report.json";
  write_file(json, report.dump(2));
  Arguments words{json.string(), "--quiet", "--output=" + line_.get<std::string>("html"),
                  "--chip=" + line_.get<std::string>("CHIP"), "--timeline=" + timeline()->string()};
  if (line_.has("memory")) words.push_back("--memory=" + line_.get<std::string>("memory"));
  for (const std::string& set : chip_sets(line_)) words.push_back("--set=" + set);
  return run_python_command("html", words);
}

}  // namespace npulse::cli
