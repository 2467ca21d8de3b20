// SPDX-License-Identifier: Apache-2.0
// The bytes of one memory: pages that exist from the first write on. Copies share them until one of
// the two writes.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "isa/strided_block.h"

namespace npulse::isa::functional {

/// How much all images together may hold.
class PageBudget {
 public:
  explicit PageBudget(Bytes limit) : left_{limit.count()}, limit_{limit} {}
  /// Throws InputError when there is none left.
  void take(std::int64_t bytes);
  void give(std::int64_t bytes) { left_ += bytes; }

 private:
  std::int64_t left_;
  Bytes limit_;
};

class Page {
 public:
  static constexpr std::size_t kBytes = std::size_t{1} << 14;
  using Contents = std::array<std::uint8_t, kBytes>;

  Page(PageBudget& budget, const Contents& contents) : budget_{budget}, bytes{contents} {
    budget_.take(kBytes);
  }
  ~Page() { budget_.give(kBytes); }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

 private:
  PageBudget& budget_;

 public:
  Contents bytes;
};

class Image {
 public:
  using Codes = std::vector<std::uint32_t>;  ///< The bits of elements.

  /// Bytes that nobody wrote read as `unwritten`.
  Image(PageBudget& budget, std::uint8_t unwritten) : budget_{&budget}, unwritten_{unwritten} {}

  void read(Address from, std::span<std::uint8_t> bytes) const;
  void write(Address to, std::span<const std::uint8_t> bytes);

  /// Elements of a strided block at `from`, in row-major order of its shape.
  Codes read_block(Address from, const StridedBlock& block) const;
  /// Of a run of i4 with an odd number of elements, the last half byte becomes 0.
  void write_block(Address to, const StridedBlock& block, const Codes& codes);

  /// A dense run.
  Codes read_run(Address from, std::int64_t elements, DataType type) const;
  void write_run(Address to, DataType type, std::span<const std::uint32_t> codes);

  /// The first byte at which the two differ, if any, and how many do.
  struct Difference {
    Address first = 0;
    std::uint64_t bytes = 0;
  };
  Difference compare(const Image& other) const;

 private:
  Page::Contents& writable(Address page);
  const Page* page_at(Address page) const;

  PageBudget* budget_;
  std::uint8_t unwritten_;
  std::map<Address, std::shared_ptr<Page>> pages_;  ///< By address / Page::kBytes.
};

}  // namespace npulse::isa::functional
