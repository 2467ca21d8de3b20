// SPDX-License-Identifier: Apache-2.0
// The `npulse` program: finds the subcommand and turns errors into messages and exit codes.
#include <algorithm>
#include <iostream>
#include <iterator>

#include "cli/command.h"
#include "sim/core/error.h"
#include "sim/core/version.h"

namespace {

using namespace npulse;
using namespace npulse::cli;

constexpr Command kCommands[] = {
    {"run", "Run a program or a model on a chip and report.", run_command},
    {"dram", "Replay a DRAM trace on a memory part and report.", dram_command},
    {"lower", "Lower a model to a program for a chip.", lower_command},
    {"estimate", "Say how fast memory alone lets a model decode.", estimate_command},
    {"import", "Read a foreign file into a graph or a chip.", import_command},
    {"check", "Check a program without running it.", check_command},
    {"asm", "Assemble text (.npt) into a binary program (.npb).", asm_command},
    {"dis", "Disassemble a program into text.", dis_command},
    {"info", "Say what a program or a graph holds.", info_command},
    {"list", "List chips, parts, technologies or models.", list_command},
    {"show", "Print the effective configuration of a chip or part, or what a model is.",
     show_command},
    {"explain", "Say what bounds a run, and what changes would buy.",
     [](const Arguments& arguments) { return python_command("explain", arguments); }},
    {"html", "Write the report of a run as a web page.",
     [](const Arguments& arguments) { return python_command("html", arguments); }},
    {"lab", "List, start or check a lab: notebooks that ask for a guess first.",
     [](const Arguments& arguments) { return python_command("lab", arguments); }},
    {"sweep", "Run the points of a study in processes, and keep their results.",
     [](const Arguments& arguments) { return python_command("sweep", arguments); }},
    {"compare", "Put two reports side by side.", compare_command},
    {"convert", "Convert a DRAM trace between formats.", convert_command},
};

void print_usage(std::ostream& out) {
  out << "npulse " << kVersion << ": a cycle-approximate simulator of NPU chips\n\n"
      << "usage: npulse COMMAND [ARGUMENTS]    (npulse COMMAND --help says more)\n\n";
  for (const Command& command : kCommands) {
    out << "  " << command.name << std::string(10 - std::string{command.name}.size(), ' ')
        << command.summary << "\n";
  }
  out << "\nExample:\n  npulse run rngd llama-3.1-8b --phase decode --context 2048 --weights fp8\n";
}

[[noreturn]] void unknown_command(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  const std::string guess = did_you_mean(name, names);
  throw InputError{"command line", "unknown command '" + name + "'; allowed: " + join(names),
                   guess};
}

int dispatch(const Arguments& arguments) {
  if (arguments.empty()) {
    print_usage(std::cerr);
    return 2;
  }
  if (arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
    print_usage(std::cout);
    return 0;
  }
  if (arguments[0] == "--version") {
    std::cout << "npulse " << kVersion << "\n";
    return 0;
  }
  const auto found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                  [&](const Command& c) { return arguments[0] == c.name; });
  if (found == std::end(kCommands)) unknown_command(arguments[0]);
  return found->run({arguments.begin() + 1, arguments.end()});
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int code = dispatch({argv + 1, argv + argc});
    if (!std::cout.flush()) throw InputError{"standard output", "cannot be written"};
    return code;
  } catch (const Error& error) {
    std::cerr << "npulse: " << error.what() << "\n";
    return error.exit_code();
  } catch (const std::bad_alloc&) {
    std::cerr << "npulse: out of memory\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "npulse: internal error: " << error.what() << "; please report it\n";
    return 3;
  }
}
