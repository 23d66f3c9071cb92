"""The layers of the network as a graph for onnxruntime: written after fine-tuning, read where messages are understood.

The graph takes the embedded pieces of one message, (pieces, 384), and gives their states after the last layer, in the same
shape. Embeddings are not in it: they are never changed, and the package that they come from is installed everywhere.
Weights are stored in 16 bits, which halves the file and changes no answer; onnxruntime makes them 32 bits when it loads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from components.pieces import HEADS, WIDTH

EPSILON = 1e-5
"""Of the layer norms, in training and at work."""
_OPSET = 17


def graph_bytes(layers: Sequence[Mapping[str, np.ndarray]]) -> bytes:
    """The graph of these layers (`components.pieces.published_layers` says what each has) as an ONNX file."""
    # Only training writes graphs: a service need not load the package.
    from onnx import ModelProto, TensorProto, helper, numpy_helper

    nodes = []
    stored = []

    def constant(name: str, value: np.ndarray) -> str:
        stored.append(numpy_helper.from_array(value, name))
        return name

    def weight(name: str, value: np.ndarray) -> str:
        constant(f"{name}_16", value.astype(np.float16))
        nodes.append(helper.make_node("Cast", [f"{name}_16"], [name], to=TensorProto.FLOAT))
        return name

    def node(kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    heads_shape = constant("heads_shape", np.array([-1, HEADS, WIDTH // HEADS], dtype=np.int64))
    flat_shape = constant("flat_shape", np.array([-1, WIDTH], dtype=np.int64))
    half, one, root = (
        constant(n, np.array(v, dtype=np.float32)) for n, v in (("half", 0.5), ("one", 1), ("root", 1 / math.sqrt(2)))
    )

    state = "embedded"
    for number, layer in enumerate(layers):
        at = f"l{number}_"
        # The scale of attention goes into the query's weights.
        scale = np.float32(1 / math.sqrt(WIDTH // HEADS))
        joined = np.concatenate([layer["wq"] * scale, layer["wk"], layer["wv"]], axis=1)
        shift = np.concatenate([layer["bq"] * scale, layer["bk"], layer["bv"]])
        node("MatMul", [state, weight(at + "wqkv", joined)], at + "qkv0")
        node("Add", [at + "qkv0", constant(at + "bqkv", shift)], at + "qkv")
        nodes.append(helper.make_node("Split", [at + "qkv"], [at + "q0", at + "k0", at + "v0"], axis=1))
        for letter, order in (("q", [1, 0, 2]), ("k", [1, 2, 0]), ("v", [1, 0, 2])):
            node("Reshape", [at + letter + "0", heads_shape], at + letter + "1")
            node("Transpose", [at + letter + "1"], at + letter, perm=order)
        node("MatMul", [at + "q", at + "k"], at + "scores")
        node("Softmax", [at + "scores"], at + "attention", axis=-1)
        node("MatMul", [at + "attention", at + "v"], at + "seen0")
        node("Transpose", [at + "seen0"], at + "seen1", perm=[1, 0, 2])
        node("Reshape", [at + "seen1", flat_shape], at + "seen")
        node("MatMul", [at + "seen", weight(at + "wo", layer["wo"])], at + "out0")
        node("Add", [at + "out0", constant(at + "bo", layer["bo"])], at + "out1")
        node("Add", [at + "out1", state], at + "out")
        norm = [at + "out", constant(at + "g1", layer["g1"]), constant(at + "h1", layer["h1"])]
        node("LayerNormalization", norm, at + "mid", axis=-1, epsilon=EPSILON)
        node("MatMul", [at + "mid", weight(at + "wi", layer["wi"])], at + "wide0")
        node("Add", [at + "wide0", constant(at + "bi", layer["bi"])], at + "wide")
        node("Mul", [at + "wide", root], at + "erf0")
        node("Erf", [at + "erf0"], at + "erf1")
        node("Add", [at + "erf1", one], at + "erf2")
        node("Mul", [at + "wide", at + "erf2"], at + "erf3")
        node("Mul", [at + "erf3", half], at + "gelu")
        node("MatMul", [at + "gelu", weight(at + "wf", layer["wf"])], at + "narrow0")
        node("Add", [at + "narrow0", constant(at + "bf", layer["bf"])], at + "narrow1")
        node("Add", [at + "narrow1", at + "mid"], at + "narrow")
        norm = [at + "narrow", constant(at + "g2", layer["g2"]), constant(at + "h2", layer["h2"])]
        state = node("LayerNormalization", norm, at + "state", axis=-1, epsilon=EPSILON)
    graph = helper.make_graph(
        nodes,
        "layers",
        [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["pieces", WIDTH])],
        [helper.make_tensor_value_info(state, TensorProto.FLOAT, ["pieces", WIDTH])],
        stored,
    )
    model: ModelProto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
    return model.SerializeToString(deterministic=True)
