# SPDX-License-Identifier: Apache-2.0
"""Makes vela.bin with Vela's external interface (pip install ethos-u-vela==3.12.0)."""

import pathlib

from ethosu.vela import api

ACCELERATOR = api.NpuAccelerator.Ethos_U65_256
BRICKS = api.NpuLayout.NHCWB16


def feature_map(height, width, depth, address, layout=api.NpuLayout.NHWC):
    result = api.NpuFeatureMap()
    result.data_type = api.NpuDataType.INT8
    result.shape = api.NpuShape3D(height, width, depth)
    result.region = 1
    result.layout = layout
    result.tiles = api.NpuTileBox(height, 0, width, [address, 0, 0, 0])
    result.quantization = api.NpuQuantization(scale_f32=0.5, zero_point=0)
    return result


def block(operation):
    operation.block_config = api.npu_find_block_configs(operation, ACCELERATOR)[0]
    return operation


conv = api.NpuConv2DOperation()
conv.ifm = feature_map(32, 32, 16, 0)
conv.ofm = feature_map(16, 15, 32, 0x4000, BRICKS)
conv.kernel = api.NpuKernel(w=5, h=3, stride_x=2, stride_y=2)
conv.padding = api.NpuPadding(top=1, left=1, bottom=0, right=0)
conv.weights = [api.NpuAddressRange(2, 0, 3008)]
conv.biases = [api.NpuAddressRange(2, 3008, 320)]
conv.block_traversal = api.NpuBlockTraversal.DEPTH_FIRST

depthwise = api.NpuConvDepthWiseOperation()
depthwise.ifm = feature_map(16, 15, 32, 0x4000, BRICKS)
depthwise.ofm = feature_map(16, 15, 32, 0x8000)
depthwise.kernel = api.NpuKernel(3, 3)
depthwise.padding = api.NpuPadding(1, 1, 1, 1)
depthwise.weights = [api.NpuAddressRange(0, 0x2000, 400)]
depthwise.biases = [api.NpuAddressRange(0, 0x2200, 320)]

pool = api.NpuPoolingOperation(api.NpuPoolingOp.MAX)
pool.ifm = feature_map(16, 15, 32, 0x8000)
pool.ofm = feature_map(8, 7, 32, 0)
pool.kernel = api.NpuKernel(2, 2, 2, 2)
pool.padding = api.NpuPadding(0, 0, 0, 0)

add = api.NpuElementWiseOperation(api.NpuElementWiseOp.ADD)
add.ifm = feature_map(8, 7, 32, 0)
add.ifm2 = feature_map(8, 1, 32, 0xA000)
add.ofm = feature_map(8, 7, 32, 0xC000)

copy = api.NpuDmaOperation(api.NpuAddressRange(0, 0x100, 4096), api.NpuAddressRange(2, 0, 4096))
words = api.npu_generate_register_command_stream(
    [copy, *(block(operation) for operation in (conv, depthwise, pool, add))], ACCELERATOR
)
payload = api.npu_create_driver_payload(words, ACCELERATOR)
pathlib.Path(__file__).with_name("vela.bin").write_bytes(bytes(payload))
