// SPDX-License-Identifier: Apache-2.0
#include "isa/functional/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/core/error.h"

namespace npulse::isa::functional {
namespace {

constexpr std::size_t kHalfByte = 4;

/// Calls f(page, offset in it, offset in the run, bytes) for each page of a run.
template <class F>
void for_each_part(Address at, std::size_t bytes, F&& f) {
  for (std::size_t done = 0; done < bytes;) {
    const Address address = at + done;
    const std::size_t offset = address % Page::kBytes;
    const std::size_t part = std::min(bytes - done, Page::kBytes - offset);
    f(address / Page::kBytes, offset, done, part);
    done += part;
  }
}

std::uint32_t code_at(const std::uint8_t* bytes, std::size_t i, DataType type) {
  if (type == DataType::i4) return bytes[i / 2] >> (i % 2 * kHalfByte) & 0xfU;
  const auto size = static_cast<std::size_t>(bits_of(type) / 8);
  std::uint32_t code = 0;
  for (std::size_t b = 0; b < size; ++b)
    code |= static_cast<std::uint32_t>(bytes[i * size + b]) << (8 * b);
  return code;
}

void put_code(std::uint8_t* bytes, std::size_t i, DataType type, std::uint32_t code) {
  if (type == DataType::i4) {
    const auto half = static_cast<std::uint8_t>((code & 0xfU) << (i % 2 * kHalfByte));
    bytes[i / 2] = i % 2 ? static_cast<std::uint8_t>(bytes[i / 2] | half) : half;
    return;
  }
  const auto size = static_cast<std::size_t>(bits_of(type) / 8);
  for (std::size_t b = 0; b < size; ++b)
    bytes[i * size + b] = static_cast<std::uint8_t>(code >> (8 * b));
}

std::size_t run_bytes(std::size_t elements, DataType type) {
  return static_cast<std::size_t>(bytes_of(static_cast<std::int64_t>(elements), type).count());
}

/// Calls f(byte offset) for each dense run of `run` elements that the block consists of.
template <class F>
void for_each_run(const StridedBlock& block, std::int64_t run, F&& f) {
  const int outer = run == 1 ? block.shape.size() : block.shape.size() - 1;
  std::int64_t runs = 1;
  for (int d = 0; d < outer; ++d) runs *= block.shape[d];
  for (std::int64_t i = 0; i < runs; ++i) {
    std::int64_t rest = i, offset = 0;
    for (int d = outer - 1; d >= 0; --d) {
      offset += rest % block.shape[d] * block.stride[d];
      rest /= block.shape[d];
    }
    f(static_cast<Address>(bytes_of(offset, block.type).count()));
  }
}

bool is_dense(const StridedBlock& block) {
  return block.stride.empty() || block.stride == dense_strides(block.shape);
}

/// Elements that lie side by side.
std::int64_t run_of(const StridedBlock& block) {
  const int last = block.shape.size() - 1;
  return block.stride[last] == 1 ? block.shape[last] : 1;
}

}  // namespace

void PageBudget::take(std::int64_t bytes) {
  if (left_ >= bytes) {
    left_ -= bytes;
    return;
  }
  throw InputError{"functional run",
                   fmt::format("its values take more than {} MiB", limit_.count() >> 20),
                   "run fewer layers or a smaller model, or raise the limit"};
}

const Page* Image::page_at(Address page) const {
  const auto found = pages_.find(page);
  return found == pages_.end() ? nullptr : found->second.get();
}

Page::Contents& Image::writable(Address page) {
  auto& found = pages_[page];
  if (found && found.use_count() == 1) return found->bytes;
  Page::Contents contents;
  if (found) {
    contents = found->bytes;
  } else {
    contents.fill(unwritten_);
  }
  found = std::make_shared<Page>(*budget_, contents);
  return found->bytes;
}

void Image::read(Address from, std::span<std::uint8_t> bytes) const {
  for_each_part(from, bytes.size(),
                [&](Address page, std::size_t offset, std::size_t done, std::size_t part) {
                  const Page* source = page_at(page);
                  if (source) {
                    std::copy_n(source->bytes.data() + offset, part, bytes.data() + done);
                  } else {
                    std::fill_n(bytes.data() + done, part, unwritten_);
                  }
                });
}

void Image::write(Address to, std::span<const std::uint8_t> bytes) {
  for_each_part(to, bytes.size(),
                [&](Address page, std::size_t offset, std::size_t done, std::size_t part) {
                  std::copy_n(bytes.data() + done, part, writable(page).data() + offset);
                });
}

Image::Codes Image::read_run(Address from, std::int64_t elements, DataType type) const {
  Codes codes(static_cast<std::size_t>(elements));
  std::vector<std::uint8_t> bytes(run_bytes(codes.size(), type));
  read(from, bytes);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = code_at(bytes.data(), i, type);
  return codes;
}

void Image::write_run(Address to, DataType type, std::span<const std::uint32_t> codes) {
  std::vector<std::uint8_t> bytes(run_bytes(codes.size(), type));
  for (std::size_t i = 0; i < codes.size(); ++i) put_code(bytes.data(), i, type, codes[i]);
  write(to, bytes);
}

Image::Codes Image::read_block(Address from, const StridedBlock& block) const {
  if (is_dense(block)) return read_run(from, block.shape.product(), block.type);
  Codes codes;
  codes.reserve(static_cast<std::size_t>(block.shape.product()));
  const std::int64_t run = run_of(block);
  for_each_run(block, run, [&](Address offset) {
    const Codes part = read_run(from + offset, run, block.type);
    codes.insert(codes.end(), part.begin(), part.end());
  });
  return codes;
}

void Image::write_block(Address to, const StridedBlock& block, const Codes& codes) {
  if (is_dense(block)) return write_run(to, block.type, codes);
  const std::int64_t run = run_of(block);
  std::span<const std::uint32_t> rest{codes};
  for_each_run(block, run, [&](Address offset) {
    write_run(to + offset, block.type, rest.first(static_cast<std::size_t>(run)));
    rest = rest.subspan(static_cast<std::size_t>(run));
  });
}

Image::Difference Image::compare(const Image& other) const {
  Difference found;
  std::set<Address> numbers;
  for (const auto& [number, page] : pages_) numbers.insert(number);
  for (const auto& [number, page] : other.pages_) numbers.insert(number);
  Page::Contents mine, theirs;
  for (const Address number : numbers) {
    if (page_at(number) == other.page_at(number)) continue;
    read(number * Page::kBytes, mine);
    other.read(number * Page::kBytes, theirs);
    for (std::size_t i = 0; i < Page::kBytes; ++i) {
      if (mine[i] != theirs[i] && found.bytes++ == 0) found.first = number * Page::kBytes + i;
    }
  }
  return found;
}

}  // namespace npulse::isa::functional
