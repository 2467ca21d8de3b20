// SPDX-License-Identifier: Apache-2.0
// Commands that are written in Python: this process becomes the interpreter.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "cli/command.h"
#include "sim/core/error.h"

namespace npulse::cli {
namespace {

constexpr const char* kStart = R"(import sys
try:
    from npulse.__main__ import start
except ImportError as error:
    print(f"npulse: {sys.argv[1]}: is part of the Python package, which {sys.executable} lacks: {error}"
          "\n  pip install . in the project's folder, or name another interpreter in NPULSE_PYTHON",
          file=sys.stderr)
    sys.exit(2)
start()
)";

}  // namespace

int python_command(const char* name, const Arguments& arguments) {
  const char* chosen = std::getenv("NPULSE_PYTHON");
  std::vector<std::string> words{chosen ? chosen : "python3", "-c", kStart, name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::cout.flush();
  ::execvp(pointers[0], pointers.data());
  throw InputError{name,
                   "needs Python: '" + words[0] + "' cannot be started, " + std::strerror(errno),
                   "install Python 3.11 or later, or name it in NPULSE_PYTHON"};
}

}  // namespace npulse::cli
