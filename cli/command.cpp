// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include <iostream>

#include "sim/core/error.h"

namespace po = boost::program_options;

namespace npulse::cli {

CommandLine::CommandLine(std::string usage, std::string example)
    : usage_{std::move(usage)}, example_{std::move(example)} {
  visible_.add_options()("help,h", "Print this text.");
}

void CommandLine::positional(const char* name, const char* doc) {
  words_.add_options()(name, po::value<std::string>(), doc);
  order_.add(name, 1);
}

bool CommandLine::parse(const Arguments& arguments) {
  po::options_description all;
  all.add(visible_).add(words_);
  try {
    po::store(po::command_line_parser{arguments}.options(all).positional(order_).run(), values_);
    if (has("help")) return print_help(), false;
    po::notify(values_);
  } catch (const po::unknown_option& error) {
    explain_unknown(error.get_option_name());
  } catch (const po::error& error) {
    throw InputError{"command line", error.what(), "usage: npulse " + usage_};
  }
  for (const auto& word : words_.options()) {
    if (!has(word->long_name().c_str())) {
      throw InputError{"command line", word->long_name() + " is missing",
                       "usage: npulse " + usage_};
    }
  }
  return true;
}

void CommandLine::explain_unknown(const std::string& option) const {
  std::vector<std::string> known;
  for (const auto& entry : visible_.options()) known.push_back("--" + entry->long_name());
  const std::string guess = did_you_mean(option, known);
  throw InputError{"command line", "unknown option '" + option + "'",
                   guess.empty() ? "usage: npulse " + usage_ : guess};
}

void CommandLine::print_help() const {
  std::cout << "usage: npulse " << usage_ << "\n\n";
  for (const auto& word : words_.options()) {
    std::cout << "  " << word->long_name() << "\n      " << word->description() << "\n";
  }
  std::cout << "\n" << visible_ << "\nExample:\n  " << example_ << "\n";
}

}  // namespace npulse::cli
