"""The trained model, loaded by Rasa's engine, as one call: text in, Rasa's parse result out.

Rasa's `Agent` is not used, because it strips the text, which shifts every offset after a leading space. Of the model's
graph only what answers is loaded: without the nodes that train it, and without the last one, which takes a text that
begins with "/" as an order ("/consume{...}" would be an action with confidence 1, whoever wrote it). Both would also
import TensorFlow, which this model does not use: 12 s and 500 MB at each start. The model file itself is plain Rasa.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from commands import silence_warnings
from commands.paths import ROOT


class LoadedModel:
    """A model file, ready to parse; keeps nothing of what it is given."""

    def __init__(self, path: Path) -> None:
        # Rasa names components by module path and imports them from the working directory.
        os.chdir(ROOT)
        if str(ROOT) not in sys.path:
            sys.path.insert(0, str(ROOT))
        silence_warnings()
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.constants import PLACEHOLDER_MESSAGE
        from rasa.engine.loader import load_predict_graph_runner
        from rasa.engine.runner.dask import DaskGraphRunner
        from rasa.engine.storage.local_model_storage import LocalModelStorage

        # The components read their files while they are loaded; nothing is needed of the folder afterwards.
        with tempfile.TemporaryDirectory(prefix="parley-nlu-") as unpacked:
            (Path(unpacked) / "model").mkdir()
            trimmed = Path(unpacked) / "trimmed.tar.gz"
            trim(path, trimmed)
            metadata, self._runner = load_predict_graph_runner(
                Path(unpacked) / "model", trimmed, LocalModelStorage, DaskGraphRunner
            )
        self._last = metadata.nlu_target
        self._placeholder = PLACEHOLDER_MESSAGE
        self._message = UserMessage
        self.name = path.name.partition(".")[0]

    def parse(self, text: str) -> dict[str, Any]:
        """Intent, ranking and entities of a text; offsets and values are of the text exactly as given."""
        message = self._message("", sender_id="-", message_id="-")
        # The constructor would strip it.
        message.text = text
        parsed = self._runner.run(inputs={self._placeholder: [message]}, targets=[self._last])
        result = parsed[self._last][0].as_dict(only_output_properties=True)
        return {
            "text": text,
            "intent": result["intent"],
            "intent_ranking": result["intent_ranking"],
            "entities": result["entities"],
        }


def trim(model: Path, target: Path) -> None:
    """Write a copy of a model file whose graph has only the nodes that understand a text."""
    with tarfile.open(model) as source, tarfile.open(target, "w:gz", compresslevel=1) as copy:
        for member in source:
            content = source.extractfile(member)
            data = content.read() if content else b""
            if member.name.rpartition("/")[2] == "metadata.json":
                data = json.dumps(_trimmed(json.loads(data))).encode()
                member.size = len(data)
            copy.addfile(member, io.BytesIO(data))


def _trimmed(metadata: dict[str, Any]) -> dict[str, Any]:
    nodes = dict(metadata["predict_schema"]["nodes"])
    orders = nodes.pop(metadata["nlu_target"])
    return {
        **metadata,
        "train_schema": {"nodes": {}},
        "predict_schema": {"nodes": nodes},
        "nlu_target": orders["needs"]["messages"],
    }
