// SPDX-License-Identifier: Apache-2.0
// Holds a mapping against the layers there are, and keeps what was chosen for each.
#pragma once

#include "traces/lowering/mapping.h"
#include "traces/lowering/target.h"

namespace npulse::lowering {

/// What of a layer may be chosen.
struct LayerFreedom {
  const char* kind = "";  ///< For messages: `a convolution`.
  std::vector<Loop> tile, split;
  std::vector<std::vector<Loop>> orders;
  std::vector<Knob> knobs;
};

/// What a mapping asks of one layer. Answers that the layer does not allow become faults, except
/// that a pattern or the default may ask for more than a layer has: that is cut or left out.
class LayerRequest {
 public:
  LayerRequest(const LayerMapping* asked, std::string layer, LayerFreedom freedom, Faults& faults);

  bool given() const { return asked_ != nullptr; }
  std::optional<std::int64_t> tile(Loop loop, std::int64_t most) const;
  /// Parts over cores.
  std::optional<std::int64_t> split(Loop loop, std::int64_t most) const;
  std::optional<std::int64_t> number(Knob knob, std::int64_t least, std::int64_t most) const;
  std::optional<bool> flag(Knob knob) const;
  /// Which of the layer's orders.
  std::optional<std::size_t> order() const;
  /// A fault of the whole entry, or of one number in it.
  void wrong(const std::string& message, const std::string& hint) const;
  void wrong(const Given& given, const std::string& message, const std::string& hint) const;
  /// Even its smallest tiles take so much; `note` says what of.
  void too_large(Bytes scratchpad, Bytes accumulators, const Target& target,
                 const char* note = "") const;
  const LayerMapping& asked() const { return *asked_; }

 private:
  void refuse_foreign() const;
  std::optional<std::int64_t> bounded(const Given& given, std::int64_t most) const;

  const LayerMapping* asked_;
  std::string layer_;
  bool named_ = false;  ///< Not by a pattern or as one of the rest.
  LayerFreedom freedom_;
  Faults& faults_;
};

class MappingUse {
 public:
  explicit MappingUse(const std::optional<Mapping>& asked);

  LayerRequest layer(const std::string& name, LayerFreedom freedom);
  void chose(LayerMapping choice) { made_.layers.push_back(std::move(choice)); }

  /// The choices of all layers. Throws InputError with all faults: those of the file, of the
  /// layers, and of entries that mean no layer.
  Mapping finish();

 private:
  void find_strangers();
  std::string hint_for(const std::string& stranger) const;

  Mapping asked_, made_;
  Faults faults_;
  std::vector<std::string> names_;
};

}  // namespace npulse::lowering
