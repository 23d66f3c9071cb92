"""More items than a hospital keeps, for benchmarks: other makers and make-ups of the same kinds of products, named as such."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.demo.products import Line


@dataclass(frozen=True, slots=True)
class House:
    """A maker that copies others' product lines under its own name."""

    name: str

    def family(self, line: Line, configuration: str) -> str:
        """ "Biogel surgical glove" as "McKesson surgical glove, textured"; the original brand gives way."""
        generic = line.family
        for word in filter(None, (line.brand, line.manufacturer)):
            generic = generic.replace(f"{word} ", "", 1)
        generic = generic[:1].lower() + generic[1:] if generic[1:2].islower() else generic
        return f"{self.name} {generic}, {configuration}"


HOUSES: Final = tuple(
    map(
        House,
        (
            "McKesson", "Medline", "Cardinal Health", "Dynarex", "Henry Schein", "Owens & Minor", "Merit", "Argon",
            "ConMed", "Integra", "Teleflex", "Smiths Medical",
        ),
    )
)  # fmt: skip

CONFIGURATIONS: Final = (
    "standard", "economy", "premium", "individually wrapped", "bulk", "hospital grade", "second generation", "low profile",
    "extended length", "reinforced", "soft touch", "color coded",
)  # fmt: skip


def variants() -> Iterator[tuple[int, House, str]]:
    """Number (from 1), house and configuration; each pair once."""
    number = 0
    for configuration in CONFIGURATIONS:
        for house in HOUSES:
            number += 1
            yield number, house, configuration
