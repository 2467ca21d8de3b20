// SPDX-License-Identifier: Apache-2.0
#include "cli/json_target.h"

#include <iostream>

namespace po = boost::program_options;

namespace npulse::cli {

void add_json_option(CommandLine& line) {
  line.options()("json", po::value<std::string>()->value_name("FILE"),
                 "Write the report as JSON; - is standard output.");
}

JsonTarget::JsonTarget(const CommandLine& line) {
  if (!line.has("json")) return;
  const auto& target = line.get<std::string>("json");
  to_stdout_ = target == "-";
  if (!to_stdout_) file_.emplace(target);
}

void JsonTarget::write(const nlohmann::ordered_json& report) {
  if (!to_stdout_ && !file_) return;
  (file_ ? file_->stream() : std::cout) << report.dump(2) << "\n";
  if (file_) file_->commit();
}

}  // namespace npulse::cli
