// SPDX-License-Identifier: Apache-2.0
#include "isa/functional/run.h"

#include <fmt/format.h>

#include <bit>

#include "isa/checking/fit.h"
#include "isa/functional/execution.h"
#include "isa/functional/tensor_values.h"
#include "isa/tensor_tiles.h"

namespace npulse::isa::functional {
namespace {

// What bytes of cores that nobody wrote hold: no numbers, and in other orders something else, so
// that whoever reads them gives a different result.
constexpr std::uint8_t kUnwritten = 0xff, kUnwrittenElsewhere = 0x5a;

constexpr std::int64_t kElementsPerByte = 4;  // at most: 2 bits and less of metadata

using Boxes = std::map<std::string, std::vector<TensorDecl>>;

bool is_result(const TensorDecl& tensor) {
  return tensor.role == TensorRole::output || tensor.role == TensorRole::state;
}

class Runner {
 public:
  Runner(const Program& program, const CheckTarget& target, const RunOptions& options)
      : program_{program},
        header_{program.header()},
        target_{target},
        options_{options},
        budget_{options.memory_limit} {
    for (const TensorDecl& tensor : header_.tensors) boxes_[tensor.name].push_back(tensor);
  }

  RunResult run() {
    checking::Findings findings{program_.name(), checked_};
    checking::header_fits(header_, target_, findings);
    checked_.throw_if_errors();
    checking::Pulse pulse{options_.poll};
    const checking::Usage usage{program_, target_, findings, pulse};
    checked_.throw_if_errors();
    check_tensors();
    check_boxes();
    check_names();
    check_raw();
    Machine first = prepared(kUnwritten);
    RunResult result;
    result.warnings = inexact_parts();
    result.instructions = execute(first, {}, usage);
    result.orders = 1;
    for (const auto& [name, boxes] : boxes_) {
      if (is_result(boxes.front())) result.outputs[name] = {boxes.front().type, take(first, boxes)};
    }
    if (options_.orders == Orders::all) compare_orders(first, usage, result);
    return result;
  }

 private:
  /// Lowering leaves in the meta what it could only cost (traces/lowering/graph/exactness.h).
  std::vector<std::string> inexact_parts() const {
    constexpr std::string_view kKey = "inexact.";
    std::vector<std::string> list;
    for (const auto& [key, count] : header_.meta) {
      if (!key.starts_with(kKey)) continue;
      const bool one = count == "1";
      std::string what = key.substr(kKey.size());  // words, as names have no spaces
      std::replace(what.begin(), what.end(), '_', ' ');
      list.push_back(fmt::format("{} of '{}' {} right in cost only: values are not what it says",
                                 one ? "a node" : count + " nodes", what, one ? "is" : "are"));
    }
    return list;
  }

  void check_tensors() const {
    for (const TensorDecl& tensor : header_.tensors) {
      check_size(tensor);
      const auto room = static_cast<Address>(capacity_of(target_, tensor.at.space).count());
      for (const std::int64_t i : {std::int64_t{0}, tile_count(tensor) - 1}) {
        const TensorTile tile = tile_at(tensor, i);
        const auto bytes = static_cast<Address>(tile.bytes.count());
        if (tile.address <= room && bytes <= room - tile.address) continue;
        throw InputError{program_.name(),
                         fmt::format("tensor {} ends at {:#x}", tensor.name, tile.address + bytes),
                         fmt::format("{} of chip '{}' has {} bytes", to_string(tensor.at.space),
                                     target_.name, room)};
      }
    }
  }

  void check_boxes() const {
    for (const auto& [name, boxes] : boxes_) {
      std::int64_t held = 0;
      for (const TensorDecl& box : boxes) held += box_of(box).product();
      const std::int64_t elements = boxes.front().shape.product();
      if (boxes.front().role != TensorRole::output || held >= elements) continue;
      throw InputError{
          program_.name(),
          fmt::format("the boxes of output {} hold {} of its {} elements", name, held, elements),
          "declare a .tensor line for each part of it"};
    }
  }

  /// Tiles that overlap may be far more than memory; what goes out is held as doubles.
  void check_size(const TensorDecl& tensor) const {
    const Bytes room = capacity_of(target_, tensor.at.space);
    if (box_of(tensor).product() > room.count() * kElementsPerByte) {
      throw InputError{program_.name(),
                       fmt::format("tensor {} has more elements than {}", tensor.name,
                                   to_string(tensor.at.space)),
                       "its tiles overlap: correct tile_stride"};
    }
    const auto limit = options_.memory_limit.count() / static_cast<std::int64_t>(sizeof(double));
    if (!is_result(tensor) || tensor.shape.product() <= limit) return;
    throw InputError{program_.name(),
                     fmt::format("tensor {} has {} elements", tensor.name, tensor.shape.product()),
                     "raise the limit of memory"};
  }

  void check_raw() const {
    const auto room = static_cast<Address>(capacity_of(target_, Space::dram).count());
    for (const RawInput& raw : options_.raw) {
      if (raw.at <= room && raw.bytes.size() <= room - raw.at) continue;
      throw InputError{fmt::format("input dram:{:#x}", raw.at),
                       fmt::format("its {} bytes end beyond memory", raw.bytes.size()),
                       fmt::format("dram of chip '{}' has {} bytes", target_.name, room)};
    }
  }

  void check_names() const {
    std::vector<std::string> names;
    for (const auto& [name, boxes] : boxes_) {
      if (boxes.front().role != TensorRole::output) names.push_back(name);
    }
    for (const auto& [name, array] : options_.inputs) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      throw InputError{"input " + name, "the program declares no such input",
                       names.empty() ? "it declares none; add .tensor lines"
                                     : "it has " + join(names) + did_you_mean(name, names)};
    }
  }

  Machine prepared(std::uint8_t unwritten) {
    Machine machine{header_.cores, budget_, unwritten};
    for (const TensorDecl& tensor : header_.tensors) {
      if (tensor.role == TensorRole::output) continue;
      if (options_.poll) options_.poll();
      const auto given = options_.inputs.find(tensor.name);
      put(machine, tensor,
          given == options_.inputs.end() ? random_values(tensor, options_.seed)
                                         : values_of(tensor, given->second));
    }
    for (const RawInput& raw : options_.raw) machine.dram().write(raw.at, raw.bytes);
    return machine;
  }

  std::uint64_t execute(Machine& machine, std::optional<Thread> starved,
                        const checking::Usage& usage) {
    Execution execution{program_, target_, machine};
    execution.run(starved, usage, options_.poll);
    return execution.instructions();
  }

  void compare_orders(Machine& first, const checking::Usage& usage, RunResult& result) {
    for (std::uint32_t core = 0; core < header_.cores; ++core) {
      for (std::uint16_t queue = 0; queue < header_.queues.size(); ++queue) {
        Machine machine = prepared(kUnwrittenElsewhere);
        execute(machine, Thread{core, queue}, usage);
        ++result.orders;
        const std::string what = difference(first, machine, result);
        if (what.empty()) continue;
        result.differences.push_back(
            {fmt::format("core {}: {} as late as possible", core, header_.queues[queue].name),
             what});
      }
    }
  }

  std::string difference(Machine& first, Machine& other, const RunResult& result) const {
    for (const auto& [name, output] : result.outputs) {
      const Array array = take(other, boxes_.at(name));
      for (std::size_t i = 0; i < array.values.size(); ++i) {
        const double expected = output.array.values[i], got = array.values[i];
        if (std::bit_cast<std::uint64_t>(expected) == std::bit_cast<std::uint64_t>(got)) continue;
        return fmt::format("{}: element {} is {}, not {}", name, i, got, expected);
      }
    }
    const Image::Difference bytes = first.dram().compare(other.dram());
    if (bytes.bytes == 0) return {};
    return fmt::format("{} bytes of dram differ, the first at {:#x}", bytes.bytes, bytes.first);
  }

  const Program& program_;
  const ProgramHeader& header_;
  const CheckTarget& target_;
  const RunOptions& options_;
  PageBudget budget_;
  Boxes boxes_;
  CheckReport checked_;
};

}  // namespace

std::span<const EnumName<Orders>> enum_names(Orders) {
  static constexpr EnumName<Orders> kNames[] = {{Orders::one, "one"}, {Orders::all, "all"}};
  return kNames;
}

RunResult run(const Program& program, const CheckTarget& target, const RunOptions& options) {
  return Runner{program, target, options}.run();
}

}  // namespace npulse::isa::functional
