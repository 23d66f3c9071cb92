"""How the pool and its workers speak: JSON, since a worker that opened a stranger's file is not to be unpickled."""

from __future__ import annotations

import json

from bot.media.reading import Picture
from domain.udi.symbol import Symbol, Symbology


def packed(picture: Picture) -> dict[str, object]:
    """What JSON can say of a picture."""
    return {
        "symbols": [
            {
                "symbology": symbol.symbology.value,
                "text": symbol.text,
                "raw": symbol.raw.hex(),
                "identifier": symbol.identifier,
                "corners": [list(corner) for corner in symbol.corners],
            }
            for symbol in picture.symbols
        ],
        "width": picture.width,
        "height": picture.height,
        "ms": picture.ms,
        "stage": picture.stage,
        "problems": list(picture.problems),
    }


def unpacked(body: bytes) -> Picture | str | None:
    """A picture, the sentence why there is none, or None for a worker that is ready. Raises ValueError for anything else."""
    value = json.loads(body)
    if not isinstance(value, dict):
        raise ValueError("an answer is an object")
    if "ready" in value:
        return None
    if "invalid" in value:
        return str(value["invalid"])
    try:
        told = value["picture"]
        return Picture(
            symbols=tuple(
                Symbol(
                    symbology=Symbology(one["symbology"]),
                    text=str(one["text"]),
                    raw=bytes.fromhex(one["raw"]),
                    identifier=str(one["identifier"]),
                    corners=tuple((int(x), int(y)) for x, y in one["corners"]),
                )
                for one in told["symbols"]
            ),
            width=int(told["width"]),
            height=int(told["height"]),
            ms=float(told["ms"]),
            stage=str(told["stage"]),
            problems=tuple(str(problem) for problem in told["problems"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"an answer without its parts: {error}") from None
