// SPDX-License-Identifier: Apache-2.0
// Convolutional networks.
#include "tests/traces/importers/onnx/networks.h"

namespace npulse::tests {

namespace {

/// A tensor of the model being written, and its channels.
struct Maps {
  std::string name;
  std::int64_t channels;
};

struct ConvSize {
  std::int64_t filters, kernel, stride = 1, groups = 1;
};

class ConvNet {
 public:
  explicit ConvNet(Maps image, std::int64_t size) : x_{std::move(image)} {
    model_.input(x_.name, {std::int64_t{1}, x_.channels, size, size});
  }

  Maps conv_norm(const Maps& x, const ConvSize& size) {
    const std::int64_t pad = size.kernel / 2;
    const std::string w =
        model_.weight({size.filters, x.channels / size.groups, size.kernel, size.kernel});
    const std::string y = model_.node("Conv", {x.name, w},
                                      {{"kernel_shape", Dims{size.kernel, size.kernel}},
                                       {"strides", Dims{size.stride, size.stride}},
                                       {"pads", Dims{pad, pad, pad, pad}},
                                       {"group", size.groups}});
    Names inputs{y};
    for (int i = 0; i < 4; ++i) inputs.push_back(model_.weight({size.filters}));
    return {model_.node("BatchNormalization", inputs), size.filters};
  }

  Maps relu(const Maps& x) { return {model_.node("Relu", {x.name}), x.channels}; }
  Maps relu6(const Maps& x) {
    return {model_.node("Clip", {x.name, model_.weight({}), model_.weight({})}), x.channels};
  }
  Maps add(const Maps& a, const Maps& b) {
    return {model_.node("Add", {a.name, b.name}), a.channels};
  }

  Maps max_pool_3x3(const Maps& x) {
    const Attributes attributes{
        {"kernel_shape", Dims{3, 3}}, {"strides", Dims{2, 2}}, {"pads", Dims{1, 1, 1, 1}}};
    return {model_.node("MaxPool", {x.name}, attributes), x.channels};
  }

  OnnxModel classify(const Maps& x, std::int64_t classes) {
    const std::string flat = model_.node("Flatten", {model_.node("GlobalAveragePool", {x.name})});
    const Names inputs{flat, model_.weight({classes, x.channels}), model_.weight({classes})};
    model_.output(model_.node("Gemm", inputs, {{"transB", 1}}));
    return std::move(model_);
  }

  const Maps& image() const { return x_; }

 private:
  OnnxModel model_;
  Maps x_;
};

/// Convolutions of a residual block; the shortcut is projected where its shape changes.
Maps residual(ConvNet& net, const Maps& x, const std::vector<ConvSize>& convs) {
  Maps y = x;
  std::int64_t stride = 1;
  for (std::size_t i = 0; i < convs.size(); ++i) {
    y = net.conv_norm(y, convs[i]);
    if (i + 1 < convs.size()) y = net.relu(y);
    stride *= convs[i].stride;
  }
  const bool same = stride == 1 && x.channels == y.channels;
  const Maps shortcut = same ? x : net.conv_norm(x, {y.channels, 1, stride});
  return net.relu(net.add(y, shortcut));
}

OnnxModel resnet(const std::vector<int>& blocks, bool bottleneck) {
  ConvNet net{{"image", 3}, 224};
  Maps x = net.max_pool_3x3(net.relu(net.conv_norm(net.image(), {64, 7, 2})));
  std::int64_t width = 64;
  for (std::size_t stage = 0; stage < blocks.size(); ++stage, width *= 2) {
    for (int block = 0; block < blocks[stage]; ++block) {
      const std::int64_t stride = stage > 0 && block == 0 ? 2 : 1;
      x = bottleneck ? residual(net, x, {{width, 1}, {width, 3, stride}, {4 * width, 1}})
                     : residual(net, x, {{width, 3, stride}, {width, 3}});
    }
  }
  return net.classify(x, 1000);
}

Maps inverted_residual(ConvNet& net, const Maps& x, std::int64_t expand, const ConvSize& size) {
  const std::int64_t wide = x.channels * expand;
  Maps y = expand == 1 ? x : net.relu6(net.conv_norm(x, {wide, 1}));
  y = net.relu6(net.conv_norm(y, {wide, 3, size.stride, wide}));
  y = net.conv_norm(y, {size.filters, 1});
  return size.stride == 1 && size.filters == x.channels ? net.add(x, y) : y;
}

}  // namespace

OnnxModel resnet18() {
  return resnet({2, 2, 2, 2}, false);
}
OnnxModel resnet50() {
  return resnet({3, 4, 6, 3}, true);
}

OnnxModel mobilenet_v2() {
  struct Stage {
    std::int64_t expand, channels, repeats, stride;
  };
  const std::vector<Stage> stages{{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                  {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  ConvNet net{{"image", 3}, 224};
  Maps x = net.relu6(net.conv_norm(net.image(), {32, 3, 2}));
  for (const Stage& stage : stages) {
    for (std::int64_t i = 0; i < stage.repeats; ++i) {
      x = inverted_residual(net, x, stage.expand, {stage.channels, 3, i == 0 ? stage.stride : 1});
    }
  }
  return net.classify(net.relu6(net.conv_norm(x, {1280, 1})), 1000);
}

namespace {

/// Figure 1 of the paper: convolutions without padding, halves of the left side cropped.
class UnetWriter {
 public:
  UnetWriter() {
    model_.input("image", {std::int64_t{1}, std::int64_t{1}, std::int64_t{572}, std::int64_t{572}});
  }

  OnnxModel write() {
    Maps x{"image", 1};
    std::int64_t size = 572;
    std::vector<Maps> left;
    std::vector<std::int64_t> sizes;
    for (std::int64_t width = 64; width < 1024; width *= 2) {
      left.push_back(twice_3x3(x, width));
      sizes.push_back(size -= 4);
      x = {model_.node("MaxPool", {left.back().name},
                       {{"kernel_shape", Dims{2, 2}}, {"strides", Dims{2, 2}}}),
           width};
      size /= 2;
    }
    x = twice_3x3(x, 1024);
    size -= 4;
    for (; !left.empty(); left.pop_back(), sizes.pop_back()) {
      size *= 2;
      x = twice_3x3(join(left.back(), (sizes.back() - size) / 2, size, up(x)), x.channels / 2);
      size -= 4;
    }
    model_.output(conv(x, 2, 1).name);
    return std::move(model_);
  }

 private:
  Maps conv(const Maps& x, std::int64_t filters, std::int64_t kernel) {
    const Names inputs{x.name, model_.weight({filters, x.channels, kernel, kernel}),
                       model_.weight({filters})};
    return {model_.node("Conv", inputs), filters};
  }
  Maps twice_3x3(const Maps& x, std::int64_t filters) {
    const Maps y{model_.node("Relu", {conv(x, filters, 3).name}), filters};
    return {model_.node("Relu", {conv(y, filters, 3).name}), filters};
  }
  Maps up(const Maps& x) {
    const std::int64_t half = x.channels / 2;
    const Names inputs{x.name, model_.weight({x.channels, half, 2, 2}), model_.weight({half})};
    return {model_.node("ConvTranspose", inputs, {{"strides", Dims{2, 2}}}), half};
  }
  Maps join(const Maps& left, std::int64_t from, std::int64_t size, const Maps& right) {
    const std::string cropped =
        model_.node("Slice", {left.name, model_.ints({from, from}),
                              model_.ints({from + size, from + size}), model_.ints({2, 3})});
    return {model_.node("Concat", {cropped, right.name}, {{"axis", 1}}),
            left.channels + right.channels};
  }

  OnnxModel model_;
};

}  // namespace

OnnxModel unet() {
  return UnetWriter{}.write();
}

}  // namespace npulse::tests
