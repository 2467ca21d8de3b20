// SPDX-License-Identifier: Apache-2.0
// Commands that are written in Python: this process becomes the interpreter, or waits for one.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "cli/command.h"
#include "sim/core/catalogue.h"
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
constexpr const char* kHasPackage =
    "import importlib.util as u, sys; sys.exit(u.find_spec('npulse') is None)";
constexpr const char* kInstall =
    "pip install . in the project's folder, or name another interpreter in NPULSE_PYTHON";

/// What starts the interpreter with `script` and its words. It sees the configurations of this
/// program, which may come from another tree than the package's.
class Interpreter {
 public:
  Interpreter(const char* script, const Arguments& arguments) {
    const char* chosen = std::getenv("NPULSE_PYTHON");
    words_ = {chosen ? chosen : "python3", "-c", script};
    words_.insert(words_.end(), arguments.begin(), arguments.end());
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
    ::setenv("NPULSE_CONFIGS", Catalogue::locate().root().c_str(), 0);
    std::cout.flush();
  }
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  /// Returns only when there is no Python.
  int replace_this_process() {
    ::execvp(pointers_[0], pointers_.data());
    return errno;
  }

  /// Its exit code; 128 and the signal when one ended it. Throws InputError on behalf of `name`.
  int run(const std::string& name) {
    pid_t child = 0;
    const int fault =
        ::posix_spawnp(&child, pointers_[0], nullptr, nullptr, pointers_.data(), environ);
    if (fault != 0) refuse(name, fault);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
      if (errno != EINTR) refuse(name, errno);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  [[noreturn]] void refuse(const std::string& name, int fault) const {
    throw InputError{name,
                     "needs Python: '" + words_[0] + "' cannot be started, " + std::strerror(fault),
                     "install Python 3.11 or later, or name it in NPULSE_PYTHON"};
  }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

Arguments with_name(const char* name, const Arguments& arguments) {
  Arguments all{name};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

}  // namespace

int python_command(const char* name, const Arguments& arguments) {
  Interpreter python{kStart, with_name(name, arguments)};
  python.refuse(name, python.replace_this_process());
}

int run_python_command(const char* name, const Arguments& arguments) {
  return Interpreter{kStart, with_name(name, arguments)}.run(name);
}

void require_python(const std::string& option) {
  if (Interpreter{kHasPackage, {}}.run(option) == 0) return;
  throw InputError{option, "is written by the Python package, which is not there", kInstall};
}

}  // namespace npulse::cli
