"""Are a recalling firm and a maker of the catalogue the same house? Names differ by legal form, division and age."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def _listed(words: str) -> frozenset[str]:
    return frozenset(re.findall(r"\S+", words))


_FORM = _listed(
    """
    inc incorporated corp corporation co company llc ltd limited lp llp plc gmbh ag sa sas spa srl bv nv
    ab as kg kgaa pty pte usa us america american north international intl global worldwide group
    holdings the and of medical healthcare health care products product devices device technologies
    technology systems solutions sciences industries manufacturing division surgical de mexico puerto
    rico
    """
)
_SAME = (
    ("bd", "becton dickinson", "bard", "c r bard", "carefusion"),
    (
        "johnson johnson",
        "ethicon",
        "depuy",
        "depuy synthes",
        "synthes",
        "biosense webster",
        "cordis",
        "janssen",
    ),
    ("medtronic", "covidien", "kendall"),
    ("cardinal", "cardinal 200", "kendall", "argyle"),
    ("teleflex", "arrow", "rusch", "hudson rci", "vascular solutions"),
    ("smith nephew",),
    ("3m", "solventum", "kci", "acelity"),
    ("baxter", "hillrom", "hill rom", "welch allyn"),
    ("icu", "smiths"),
    ("avanos", "halyard", "kimberly clark", "owens minor"),
    ("b braun", "aesculap"),
    ("stryker", "howmedica osteonics", "sage"),
    ("edwards", "edwards lifesciences"),
    ("boston scientific", "bsc"),
    ("getinge", "maquet", "atrium"),
    ("zimmer biomet", "zimmer", "biomet"),
    ("gore", "w l gore"),
    ("ge", "general electric"),
    ("abbott", "st jude", "abbott vascular"),
    ("steris", "cantel"),
)


def _words(name: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    words = re.findall(r"[a-z0-9]+", bare)
    kept = [word for word in words if word not in _FORM]
    return tuple(kept or words)


def _begins(whole: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return bool(part) and any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def same_house(firm: str, maker: str) -> bool:
    """Does the one name stand whole in the other, or do both belong to one house?

    >>> same_house("Ethicon Endo-Surgery, LLC", "Ethicon"), same_house("Becton Dickinson & Company", "BD"), same_house("Cook Inc", "BD")
    (True, True, False)
    """
    one, other = _words(firm), _words(maker)
    if _begins(one, other) or _begins(other, one):
        return True
    return any(
        any(_begins(one, _words(name)) for name in house)
        and any(_begins(other, _words(name)) for name in house)
        for house in _SAME
    )


_PLAIN = _listed(
    """
    the a an of for with and or in to by kit kits set sets pack packs sterile disposable single use
    adult pediatric each box case size model catalog number ref ml mm cm fr french gauge ga x in inch
    long short large small medium non system device medical surgical product products part
    """
)


def telling_words(text: str) -> frozenset[str]:
    """The words of a name that tell it from others: no sizes, no words that every product has; plural or not."""
    words = re.findall(r"[a-z]{3,}", unicodedata.normalize("NFKD", text.casefold()))
    return frozenset(word.rstrip("s") for word in words if word not in _PLAIN)


def shared_words(name: str, texts: Iterable[str]) -> frozenset[str]:
    """The telling words of ``name`` that stand in any of the texts."""
    there = frozenset[str]().union(*(telling_words(text) for text in texts))
    return telling_words(name) & there
