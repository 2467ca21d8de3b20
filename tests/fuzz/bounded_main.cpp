// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without libFuzzer: over the files given, and over random changes of them.
//   fuzz_x ROUNDS FILE...
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <vector>

#include "tests/support/temp_dir.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Random = std::mt19937_64;

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

/// Pieces that parsers stumble over, of text and of binary.
const std::vector<std::string> kPieces{"\n",
                                       " ",
                                       "{",
                                       "}",
                                       "\"",
                                       "#",
                                       "=",
                                       ":",
                                       "(+1)",
                                       "[",
                                       "]",
                                       ",",
                                       "-1",
                                       "0x",
                                       "1e999",
                                       "nan",
                                       "@65535",
                                       "9223372036854775808",
                                       "loop 9 {\n",
                                       "mark \"m\" {\n",
                                       " wait in>=1",
                                       " signal in+1",
                                       "core 1 {\n",
                                       std::string(1, '\0'),
                                       "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                                       "\x80",
                                       "\x7f"};

/// Another digit for a digit after `at`: damage that often leaves text sound.
void change_digit(std::string& input, std::size_t at, Random& random) {
  const std::size_t digit = input.find_first_of("0123456789", at);
  if (digit != std::string::npos) input[digit] = static_cast<char>('0' + random() % 10);
}

void edit(std::string& input, Random& random) {
  const std::size_t at = random() % (input.size() + 1);
  switch (random() % 16) {
    case 0:
      input.erase(at, random() % 16);
      break;
    case 1:
      input.insert(at, kPieces[random() % kPieces.size()]);
      break;
    case 2:
      input.insert(at, input.substr(random() % (input.size() + 1), random() % 80));
      break;
    case 3:
      input.resize(at);
      break;
    case 4:
      if (at < input.size()) input[at] = static_cast<char>(random());
      break;
    default:
      change_digit(input, at, random);
  }
}

std::string mutate(std::string input, Random& random) {
  for (auto edits = 1 + random() % 5; edits > 0; --edits) edit(input, random);
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> seeds{""};
  for (int i = 2; i < argc; ++i) seeds.push_back(npulse::tests::read_file(argv[i]));
  for (const auto& seed : seeds) run(seed);
  Random random{1};
  const long rounds = argc > 1 ? std::atol(argv[1]) : 0;
  for (long round = 0; round < rounds; ++round) run(mutate(seeds[random() % seeds.size()], random));
  std::cout << seeds.size() << " seeds, " << rounds << " changes of them\n";
}
