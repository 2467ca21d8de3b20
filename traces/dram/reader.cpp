// SPDX-License-Identifier: Apache-2.0
#include "traces/dram/reader.h"

#include <fmt/format.h>

#include <ios>
#include <utility>

namespace npulse::traces {

AccessReader::AccessReader(std::istream& in, std::string name, const ReaderOptions& options)
    : lines_{in}, name_{std::move(name)}, options_{options} {}

std::optional<MemoryAccess> AccessReader::next() {
  if (second_) return std::exchange(second_, std::nullopt);
  if (!next_line()) return std::nullopt;
  LineAccesses accesses;
  if (!take(accesses)) collect_faults();
  second_ = accesses.second;
  return accesses.first;
}

bool AccessReader::next_line() {
  try {
    do {
      if (!lines_.next()) return false;
    } while (is_blank(lines_.line()));
  } catch (const std::ios_base::failure&) {
    throw InputError{fmt::format("{}:{}", name_, lines_.number()),
                     "the compressed data are damaged", "make the file anew"};
  }
  if (!dialect_known_) {
    const auto named = options_.dialect ? options_.dialect : dialect_of_name(name_);
    dialect_ = named.value_or(dialect_of_line(lines_.line()));
    dialect_known_ = true;
  }
  return true;
}

bool AccessReader::take(LineAccesses& accesses) {
  const std::size_t before = faults_.size();
  auto parsed = parse_line(dialect_, lines_.line());
  if (const auto* bad = std::get_if<LineFault>(&parsed)) {
    fault(bad->column, bad->message);
    return false;
  }
  accesses = std::get<LineAccesses>(parsed);
  complete(accesses.first);
  if (accesses.second) complete(*accesses.second);
  return faults_.size() == before;
}

void AccessReader::complete(MemoryAccess& access) {
  if (!access.bytes) access.bytes = options_.default_bytes;
  if (access.cycle) {
    // Times that go back are played late, as DRAMSys does.
    if (dialect_ == Dialect::rstl) *access.cycle += last_cycle_;
    last_cycle_ = std::max(last_cycle_, *access.cycle);
    access.cycle = last_cycle_;
  }
  check(access);
}

void AccessReader::check(const MemoryAccess& access) {
  const auto bytes = static_cast<Address>(access.bytes.value_or(Bytes{1}).count());
  if (bytes > options_.end || access.address > options_.end - bytes) {
    fault(1, fmt::format("{} bytes at {:#x} lie beyond the {} bytes of this memory", bytes,
                         access.address, options_.end));
  }
  if (options_.needs_cycles && !access.cycle) fault(1, "the line has no time");
  if (access.cycle && *access.cycle > kMaxCycle) fault(1, "the times add up to more than 10^12");
}

void AccessReader::fault(std::size_t column, std::string message) {
  faults_.add(fmt::format("{}:{}:{}", name_, lines_.number(), column), std::move(message),
              fmt::format("{}: {}", to_string(dialect_), syntax(dialect_)));
}

void AccessReader::collect_faults() {
  LineAccesses ignored;
  while (faults_.size() < kMaxFaults && next_line()) take(ignored);
  faults_.throw_if_any();
  throw InternalError{"a fault without a place"};
}

}  // namespace npulse::traces
