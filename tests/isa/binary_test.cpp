// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "isa/binary/chunk.h"
#include "isa/binary/record.h"
#include "sim/core/error.h"
#include "tests/support/binary_file.h"
#include "tests/support/sample_program.h"
#include "tests/support/temp_dir.h"

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::tests;

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool kSanitized = true;  // slow, and freed memory is kept for a while
#else
constexpr bool kSanitized = false;
#endif

/// Reads the whole program; what went wrong, or nothing.
std::string fault_of_file(std::string bytes) {
  try {
    const auto program = from_binary(std::move(bytes));
    for (std::uint32_t core = 0; core < program.header().cores; ++core) {
      const auto stream = program.open(core);
      for (Instruction i; stream->next(i);) {
      }
    }
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

std::string code_of(const Instruction& instruction) {
  binary::WireWriter out;
  std::uint32_t line = 0;
  binary::encode_instruction(out, instruction, line);
  return out.bytes();
}

Instruction bar() {
  Instruction instruction;
  instruction.operation = Bar{BarScope::chip};
  return instruction;
}

}  // namespace

TEST_CASE("Every flipped bit of a file is found", "[isa][binary]") {
  const auto compression = GENERATE(Compression::none, Compression::gzip, Compression::zstd);
  const std::string good = to_binary(assemble(kSample), {compression, 400});
  REQUIRE(fault_of_file(good).empty());
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
    CAPTURE(at);
    REQUIRE_THAT(fault_of_file(bad), Catch::StartsWith("dir/t.npb"));
  }
}

TEST_CASE("A file cut off anywhere is found", "[isa][binary]") {
  const std::string good = to_binary(assemble(kSample));
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    REQUIRE_THAT(fault_of_file(good.substr(0, size)), Catch::StartsWith("dir/t.npb"));
  }
}

TEST_CASE("Damage at random places of a larger file never passes", "[isa][binary]") {
  std::string text = ".npu 1.0\n.queue ld dma\n.cores 3\n";
  for (int core = 0; core < 3; ++core) {
    text += "core " + std::to_string(core) + " {\n";
    for (int i = 0; i < 1000; ++i) {
      text += "ld: dma dst=spm:" + std::to_string(i * 77) + " src=dram:" + std::to_string(i * i) +
              " shape=[64]\n";
    }
    text += "}\n";
  }
  const std::string good = to_binary(assemble(text), {Compression::zstd, 4096});
  std::mt19937_64 random{7};
  for (int round = 0; round < 300; ++round) {
    std::string bad = good;
    const std::size_t at = random() % bad.size();
    bad[at] = static_cast<char>(bad[at] ^ static_cast<char>(1 + random() % 255));
    CAPTURE(at);
    REQUIRE_FALSE(fault_of_file(bad).empty());
    REQUIRE_FALSE(fault_of_file(good.substr(0, at)).empty());
  }
}

TEST_CASE("Damage is reported with file, chunk and byte", "[isa][binary]") {
  std::string bytes = to_binary(assemble(kSample));
  const std::size_t code = bytes.find("CODE");
  bytes[code + 20] = static_cast<char>(bytes[code + 20] + 1);
  REQUIRE_THAT(fault_of_file(bytes),
               Catch::Contains("dir/t.npb: chunk CODE at byte " + std::to_string(code) +
                               ": its checksum is wrong"));
}

TEST_CASE("An unknown critical chunk is refused by name, an optional one is skipped and counted",
          "[isa][binary]") {
  REQUIRE_THAT(fault_of_file(file_of({{"HEAD", header_payload()}, {"NEWS", "x"}})),
               Catch::Contains("chunk NEWS"));
  const auto program =
      from_binary(file_of({{"HEAD", header_payload()}, {"news", "x"}, {"more", ""}}));
  REQUIRE(program.skipped_chunks() == 2);
}

TEST_CASE("A newer minor version with unknown fields is read, a newer major one is refused",
          "[isa][binary]") {
  binary::WireWriter header;
  binary::encode_header(header, {});
  header.tag(99, binary::WireType::block);
  header.block("from the future");
  binary::WireWriter fields;
  fields.tag(1, binary::WireType::varint);
  fields.varint(static_cast<std::uint64_t>(BarScope::chip));
  fields.tag(40, binary::WireType::varint);
  fields.varint(5);
  fields.tag(41, binary::WireType::fixed64);
  fields.fixed64(6);
  binary::WireWriter code;
  code.varint(static_cast<std::uint64_t>(Opcode::bar));
  code.block(fields.bytes());
  const auto chunk = code_payload(code.bytes(), Compression::none, code.bytes().size());
  const auto program = from_binary(file_of({{"HEAD", header.bytes()}, {"CODE", chunk}}, 9));
  REQUIRE(program.header().minor == 9);
  Instruction instruction;
  REQUIRE(program.open(0)->next(instruction));
  REQUIRE(instruction == bar());

  std::string newer = file_of({{"HEAD", header_payload()}});
  newer[8] = 2;
  REQUIRE_THAT(fault_of_file(newer), Catch::Contains("version 2.0; this npulse reads 1.x"));
}

TEST_CASE("A required feature that is unknown is refused by name", "[isa][binary]") {
  ProgramHeader header;
  header.requires_ = {"teleport"};
  REQUIRE_THAT(fault_of_file(file_of({{"HEAD", header_payload(header)}})),
               Catch::Contains("requires 'teleport'"));
}

TEST_CASE("A chunk that expands to more or less than it claims is refused", "[isa][binary]") {
  const auto compression = GENERATE(Compression::none, Compression::gzip, Compression::zstd);
  const std::string code = code_of(bar());
  const auto file = [&](const std::string& payload) {
    return file_of({{"HEAD", header_payload()}, {"CODE", payload}});
  };
  REQUIRE(fault_of_file(file(code_payload(code, compression, code.size()))).empty());
  REQUIRE_THAT(fault_of_file(file(code_payload(code, compression, code.size() - 1))),
               Catch::Contains("claims"));
  REQUIRE_THAT(fault_of_file(file(code_payload(code, compression, code.size() + 1))),
               Catch::Contains("claims"));
  const std::string bomb(std::size_t{100} << 20, '\0');
  if (compression != Compression::none) {
    REQUIRE_THAT(fault_of_file(file(code_payload(bomb, compression, 1000))),
                 Catch::Contains("claims"));
    REQUIRE_THAT(fault_of_file(file(code_payload(bomb, compression, bomb.size()))),
                 Catch::Contains("the decoded length is 104857600, allowed: up to 1048576"));
  }
}

TEST_CASE("Sound frames around ill-formed instructions are refused with their number",
          "[isa][binary]") {
  Instruction bad = bar();
  bad.queue = 3;
  const std::string code = code_of(bar()) + code_of(bad);
  const auto file = file_of(
      {{"HEAD", header_payload()}, {"CODE", code_payload(code, Compression::none, code.size())}});
  REQUIRE_THAT(fault_of_file(file), Catch::Contains("instruction 2: bar goes to no queue"));
}

TEST_CASE("A large program is written and read in bounded memory", "[isa][binary]") {
  const auto peak_kib = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const npulse::tests::TempDir dir;
  const std::string path = dir / "large.npb";
  Instruction instruction;
  Opaque opaque;
  opaque.note = std::string(4000, 'n');
  instruction.operation = opaque;
  instruction.queue = 0;
  ProgramHeader header;
  header.cores = 4;
  header.queues = {{"ld", QueueKind::dma}};
  const std::int64_t count = kSanitized ? 8'000 : 80'000;  // 320 MB decoded
  const auto before = peak_kib();
  {
    std::ofstream out{path, std::ios::binary};
    BinaryWriter writer{out};
    writer.begin(header);
    for (std::int64_t i = 0; i < count; ++i)
      writer.put(static_cast<std::uint32_t>(i % 4), instruction);
    writer.finish({{"made", "up"}});
  }
  const BinaryProgram program{open_file(path), path};
  std::int64_t seen = 0;
  for (std::uint32_t core = 0; core < 4; ++core) {
    const auto stream = program.open(core);
    for (Instruction i; stream->next(i);) seen += i == instruction;
  }
  REQUIRE(seen == count);
  REQUIRE(program.instructions() == static_cast<std::uint64_t>(count));
  REQUIRE(program.header().meta.at("made") == "up");
  if (!kSanitized) REQUIRE(peak_kib() - before < 32 * 1024);
}
