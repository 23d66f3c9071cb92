"""What is done with the language model: check its data, train, evaluate, serve. Run in nlu/ as `python -m commands.NAME`."""

import os
import warnings

# Before TensorFlow, OpenBLAS and onnxruntime are imported by anything below: no banners of theirs, no telemetry of
# Rasa's, and one core each, because their idle threads spin on cores that the bot and the database need.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")


def silence_warnings() -> None:
    """Show no Python warning from here on: Rasa's dependencies are frozen, and so are the two dozen they print.

    A filter would not do, since TensorFlow and Rasa put theirs in front of it.
    """
    warnings.showwarning = lambda *_args, **_keywords: None
