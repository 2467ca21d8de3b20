// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/waveform.h"

#include <fmt/format.h>

#include "sim/core/version.h"

namespace npulse::arch {
namespace {

/// Identifiers are printable characters but the space, least significant digit first.
std::string identifier(std::size_t number) {
  constexpr std::size_t kFirst = '!', kDigits = '~' - '!' + 1;
  std::string code;
  do {
    code += static_cast<char>(kFirst + number % kDigits);
    number /= kDigits;
  } while (number > 0);
  return code;
}

std::string state_code(std::size_t queue) {
  return identifier(2 * queue);
}

std::string executing_code(std::size_t queue) {
  return identifier(2 * queue + 1);
}

}  // namespace

Waveform::Waveform(const std::filesystem::path& path, const isa::ProgramHeader& header,
                   std::uint32_t cores, const ClockDomain& clock)
    : file_{path}, clock_{clock}, queues_{header.queues.size()}, executing_(queues_ * cores) {
  file_.stream() << "$version npulse " << kVersion << " $end\n$timescale 1 ps $end\n";
  declare(header, cores);
  file_.stream() << "$enddefinitions $end\n#0\n$dumpvars\n";
  for (std::size_t queue = 0; queue < executing_.size(); ++queue) {
    file_.stream() << "s" << to_string(QueueState::idle) << " " << state_code(queue) << "\nb0 "
                   << executing_code(queue) << "\n";
  }
  file_.stream() << "$end\n";
}

void Waveform::declare(const isa::ProgramHeader& header, std::uint32_t cores) {
  std::size_t queue = 0;
  for (std::uint32_t core = 0; core < cores; ++core) {
    file_.stream() << "$scope module core" << core << " $end\n";
    for (const isa::QueueDecl& declared : header.queues) {
      file_.stream() << "$scope module " << declared.name << " $end\n$var string 1 "
                     << state_code(queue) << " state $end\n$var integer 16 "
                     << executing_code(queue) << " executing $end\n$upscope $end\n";
      ++queue;
    }
    file_.stream() << "$upscope $end\n";
  }
}

void Waveform::state_changed(QueueRef queue, QueueState state, Cycles now) {
  at(now);
  file_.stream() << "s" << to_string(state) << " " << state_code(index(queue)) << "\n";
}

void Waveform::count(QueueRef queue, int change, Cycles now) {
  at(now);
  unsigned& executing = executing_[index(queue)];
  executing += static_cast<unsigned>(change);
  file_.stream() << fmt::format("b{:b} {}\n", executing, executing_code(index(queue)));
}

void Waveform::commit(Cycles total) {
  at(total);
  file_.commit();
}

/// What follows changes at `now`.
void Waveform::at(Cycles now) {
  if (now == now_) return;
  now_ = now;
  file_.stream() << "#" << clock_.time_of(now).count() << "\n";
}

}  // namespace npulse::arch
