# SPDX-License-Identifier: Apache-2.0
"""Makes vela.tflite: three int8 convolutions, compiled by Vela.

pip install ethos-u-vela==3.12.0 'numpy<2'
"""

import pathlib
import random
import subprocess
import tempfile

import flatbuffers
from ethosu.vela.tflite import (
    Buffer,
    Conv2DOptions,
    Model,
    Operator,
    OperatorCode,
    QuantizationParameters,
    SubGraph,
    Tensor,
)

INT8, INT32, CONV_2D, CONV_OPTIONS = 9, 2, 3, 1
builder = flatbuffers.Builder(1 << 16)
values = random.Random(0)
buffers, tensors, operators = [], [], []


def table(module, name, **fields):
    getattr(module, f"{name}Start")(builder)
    for field, value in fields.items():
        getattr(module, f"{name}Add{field}")(builder, value)
    return getattr(module, f"{name}End")(builder)


def vector(start, items, prepend):
    start(builder, len(items))
    for item in reversed(items):
        prepend(item)
    return builder.EndVector()


def offsets(start, items):
    return vector(start, items, builder.PrependUOffsetTRelative)


def numbers(start, items):
    return vector(start, items, builder.PrependInt32)


def tensor(name, shape, kind, scale, data=None):
    if data is not None:
        buffers.append(table(Buffer, "Buffer", Data=builder.CreateByteVector(data)))
    parameters = QuantizationParameters
    quantization = table(
        parameters,
        "QuantizationParameters",
        Scale=vector(
            parameters.QuantizationParametersStartScaleVector, [scale], builder.PrependFloat32
        ),
        ZeroPoint=vector(
            parameters.QuantizationParametersStartZeroPointVector, [0], builder.PrependInt64
        ),
    )
    tensors.append(
        table(
            Tensor,
            "Tensor",
            Shape=numbers(Tensor.TensorStartShapeVector, shape),
            Type=kind,
            Buffer=0 if data is None else len(buffers) - 1,
            Name=builder.CreateString(name),
            Quantization=quantization,
        )
    )
    return len(tensors) - 1


def conv(source, index, size, channels, filters, stride):
    weights = values.randbytes(filters * 9 * channels)
    inputs = [
        source,
        tensor(f"w{index}", [filters, 3, 3, channels], INT8, 0.01, weights),
        tensor(f"b{index}", [filters], INT32, 0.0005, bytes(4 * filters)),
    ]
    output = tensor(f"y{index}", [1, size // stride, size // stride, filters], INT8, 0.05)
    options = table(Conv2DOptions, "Conv2DOptions", StrideW=stride, StrideH=stride)
    operators.append(
        table(
            Operator,
            "Operator",
            Inputs=numbers(Operator.OperatorStartInputsVector, inputs),
            Outputs=numbers(Operator.OperatorStartOutputsVector, [output]),
            BuiltinOptionsType=CONV_OPTIONS,
            BuiltinOptions=options,
        )
    )
    return output


buffers.append(table(Buffer, "Buffer"))
image = tensor("x", [1, 16, 16, 8], INT8, 0.05)
first = conv(image, 0, 16, 8, 16, 1)
second = conv(first, 1, 16, 16, 16, 2)
third = conv(second, 2, 8, 16, 16, 1)
graph = table(
    SubGraph,
    "SubGraph",
    Tensors=offsets(SubGraph.SubGraphStartTensorsVector, tensors),
    Inputs=numbers(SubGraph.SubGraphStartInputsVector, [image]),
    Outputs=numbers(SubGraph.SubGraphStartOutputsVector, [third]),
    Operators=offsets(SubGraph.SubGraphStartOperatorsVector, operators),
    Name=builder.CreateString("main"),
)
code = table(
    OperatorCode, "OperatorCode", DeprecatedBuiltinCode=CONV_2D, BuiltinCode=CONV_2D, Version=1
)
model = table(
    Model,
    "Model",
    Version=3,
    OperatorCodes=offsets(Model.ModelStartOperatorCodesVector, [code]),
    Subgraphs=offsets(Model.ModelStartSubgraphsVector, [graph]),
    Description=builder.CreateString("three convolutions"),
    Buffers=offsets(Model.ModelStartBuffersVector, buffers),
)
builder.Finish(model, b"TFL3")
with tempfile.TemporaryDirectory() as folder:
    source = pathlib.Path(folder) / "net.tflite"
    source.write_bytes(builder.Output())
    command = ["vela", source, "--accelerator-config", "ethos-u55-128", "--output-dir", folder]
    subprocess.run(command, check=True)
    compiled = (pathlib.Path(folder) / "net_vela.tflite").read_bytes()
pathlib.Path(__file__).with_name("vela.tflite").write_bytes(compiled)
