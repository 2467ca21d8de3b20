// SPDX-License-Identifier: Apache-2.0
// What all subcommands share: one function each, its options, its help with an example.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

namespace npulse::cli {

using Arguments = std::vector<std::string>;

struct Command {
  const char* name;
  const char* summary;
  int (*run)(const Arguments& arguments);
};

int run_command(const Arguments& arguments);
int lower_command(const Arguments& arguments);
int check_command(const Arguments& arguments);
int asm_command(const Arguments& arguments);
int dis_command(const Arguments& arguments);
int info_command(const Arguments& arguments);
int list_command(const Arguments& arguments);
int estimate_command(const Arguments& arguments);
int show_command(const Arguments& arguments);
int compare_command(const Arguments& arguments);
int dram_command(const Arguments& arguments);
int convert_command(const Arguments& arguments);
int import_command(const Arguments& arguments);
/// Becomes the Python command `name`; returns never, throws InputError when there is no Python.
int python_command(const char* name, const Arguments& arguments);
/// Runs it beside this process; its exit code.
int run_python_command(const char* name, const Arguments& arguments);
/// Throws InputError, on behalf of `option`, when Python or the package is missing.
void require_python(const std::string& option);

/// The options of one subcommand: positional words, options, usage and an example.
class CommandLine {
 public:
  CommandLine(std::string usage, std::string example);

  /// A required word, in order.
  void positional(const char* name, const char* doc);
  boost::program_options::options_description_easy_init options() { return visible_.add_options(); }
  void add(const boost::program_options::options_description& group) { visible_.add(group); }

  /// Parses; false when help was asked for and printed. Throws InputError on bad usage.
  bool parse(const Arguments& arguments);

  bool has(const char* name) const { return values_.count(name) > 0; }
  template <class T>
  const T& get(const char* name) const {
    return values_[name].as<T>();
  }
  const boost::program_options::variables_map& values() const { return values_; }

 private:
  void print_help() const;
  void explain_unknown(const std::string& option) const;

  std::string usage_, example_;
  boost::program_options::options_description visible_{"Options"};
  boost::program_options::options_description words_;
  boost::program_options::positional_options_description order_;
  boost::program_options::variables_map values_;
};

}  // namespace npulse::cli
