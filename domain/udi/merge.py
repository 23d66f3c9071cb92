"""The symbols of one picture put together into labels: DI here, lot and expiry there.

Two symbols are of one label where they complete each other, contradict each other in nothing and lie together; HIBC says so itself by
its link character. Where two labels would do equally well, none is chosen and that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import Final

from domain.errors import InvalidIdentifier
from domain.udi import own
from domain.udi.nearness import Spot, gap, same_spot, spot_of
from domain.udi.parse import parse_symbol
from domain.udi.reading import Agency, Doubt, LabelRead, PictureRead, PlaceCode, Udi
from domain.udi.symbol import FNC1, Symbol

FAR: Final = 1.0
"""Beyond so many reaches (see ``Spot``) a symbol belongs to no other: it is of a package whose other code was not read."""

CLEARLY: Final = 1.6
"""How many times farther the second nearest label must be for the nearest to be meant."""

UNLIKE: Final = 2.5
"""Where several pairs lie in a picture, one that lies so many times wider apart than they usually do is none."""

_PARTS: Final = ("di", "gtin", "lot", "serial", "expiry", "made", "quantity", "sscc")


@dataclass(slots=True)
class _Group:
    """What is one label so far. ``at`` are positions in what was read; ``bare`` says that a bare product number is among them."""

    udi: Udi
    at: list[int]
    spots: list[Spot | None]
    bare: bool = False


def read_symbols(symbols: Sequence[Symbol], *, today: date) -> PictureRead:
    """Labels, places and problems of the symbols of one picture, in the order in which they were read.

    Never raises: what says nothing is a problem's sentence. Symbols without corners are joined by their order.
    """
    places: list[PlaceCode] = []
    problems: list[str] = []
    groups: list[_Group] = []
    seen: list[tuple[Symbol, Spot | None]] = []
    for at, symbol in enumerate(symbols):
        spot = spot_of(symbol.corners)
        if any(other.text == symbol.text and same_spot(spot, there) for other, there in seen):
            continue
        seen.append((symbol, spot))
        try:
            place = _place(symbol)
            if place is not None and place not in places:
                places.append(place)
            if place is not None and "PLY-P-" in symbol.text:
                continue
            groups.append(_Group(parse_symbol(symbol, today=today), [at], [spot]))
        except InvalidIdentifier as error:
            problems.append(f"{symbol.symbology.value}: {error}")
    _link_hibc(groups)
    _same_product(groups)
    _complete(groups, problems)
    _same_product(groups)
    _absorb_house_codes(groups)
    return PictureRead(tuple(_counted(groups)), tuple(places), tuple(problems))


def _place(symbol: Symbol) -> PlaceCode | None:
    text = symbol.text.lstrip(FNC1)
    if text[:2].isdigit() and text[0] == "9" and own.is_own(text[2:]):
        text = text[2:]  # a place in GS1-128 stands behind an identifier for the company's own use
    return own.parse_place(text) if own.names_place(text) else None


def _link_hibc(groups: list[_Group]) -> None:
    """A secondary belongs to the primary whose check character it repeats."""
    for group in [g for g in groups if g.udi.link and not g.udi.di]:
        primaries = [
            g
            for g in groups
            if g.udi.agency is Agency.HIBC and g.udi.check == group.udi.link and g.udi.di and not g.udi.link
        ]
        host = _host(group, [g for g in primaries if _complements(g.udi, group.udi)])
        if host is not None:
            _join(host, group, groups)


def _complete(groups: list[_Group], problems: list[str]) -> None:
    """Codes without a product number join the one that lacks what they say; the nearest pairs first."""
    joined: list[float] = []
    while offers := _offers(groups):
        gaps = [*joined, *(distance for distance, _, _, _ in offers)]
        usual = median(gaps) if len(gaps) > 2 else FAR
        taken: set[int] = set()
        for distance, _, host, group in sorted(offers, key=lambda offer: offer[:2]):
            if id(host) not in taken and distance <= max(UNLIKE * usual, 0.1):
                taken.add(id(host))
                joined.append(distance)
                _join(host, group, groups)
        if not taken:
            break
    lost = [g for g in groups if Doubt.NO_DI in g.udi.doubts]
    if lost and any(g.udi.di for g in groups):
        what = "A code" if len(lost) == 1 else f"{len(lost)} codes"
        problems.append(
            f"{what} with lot or expiry could belong to more than one label, or to none in the picture: not put together."
        )


def _offers(groups: Sequence[_Group]) -> list[tuple[float, int, _Group, _Group]]:
    """For each code without a product the label that it belongs to: (distance, running number, label, code)."""
    found: list[tuple[float, int, _Group, _Group]] = []
    for group in groups:
        if Doubt.NO_DI not in group.udi.doubts or group.udi.agency not in {Agency.GS1, Agency.ISBT}:
            continue
        hosts = [
            g
            for g in groups
            if g.udi.di and g.udi.agency is group.udi.agency and _complements(g.udi, group.udi)
        ]
        host = _host(group, hosts)
        if host is not None:
            found.append((_distance(host, group), len(found), host, group))
    return found


def _same_product(groups: list[_Group]) -> None:
    """The bare number of a product beside its full code: one label (EAN and GS1-128 of one box)."""
    for group in [g for g in groups if Doubt.PLAIN_GTIN in g.udi.doubts]:
        hosts = [
            g
            for g in groups
            if g.udi.gtin == group.udi.gtin
            and Doubt.PLAIN_GTIN not in g.udi.doubts
            and not g.bare
            and _distance(g, group) <= FAR
        ]
        if hosts:
            host = min(hosts, key=lambda g: _distance(g, group))
            _join(host, group, groups)
            host.bare = True


def _absorb_house_codes(groups: list[_Group]) -> None:
    """A maker's reference beside a device identifier is part of that label, not another product."""
    for group in [g for g in groups if g.udi.agency is Agency.NONE]:
        near = [
            g
            for g in groups
            if g.udi.agency in {Agency.GS1, Agency.HIBC, Agency.ISBT} and _lies_with(g, group)
        ]
        if near:
            host = min(near, key=lambda g: _distance(g, group))
            host.at += group.at
            groups.remove(group)


def _host(group: _Group, hosts: Sequence[_Group]) -> _Group | None:
    """The label a loose code belongs to: the only one, or the nearest by a clear margin. None where that can not be said."""
    ranked = sorted(
        ((_distance(host, group), at, host) for at, host in enumerate(hosts)), key=lambda found: found[:2]
    )
    if not ranked or ranked[0][0] > FAR:
        return None
    nearest, _, host = ranked[0]
    others = [distance for distance, _, other in ranked[1:] if other.udi.di != host.udi.di]
    return host if all(distance >= max(nearest, 0.05) * CLEARLY for distance in others) else None


def _distance(host: _Group, group: _Group) -> float:
    """The smallest gap between any symbols of the two, in reaches; by order where positions are not known."""
    found = [
        gap(one, other, most=2 * FAR)
        for one in host.spots
        for other in group.spots
        if one is not None and other is not None
    ]
    if found:
        return min(found)
    apart = min(abs(one - other) for one in host.at for other in group.at)
    return apart * (0.3 if any(one < other for one in host.at for other in group.at) else 0.6)


def _lies_with(host: _Group, group: _Group) -> bool:
    return (
        any(s is not None for s in host.spots)
        and any(s is not None for s in group.spots)
        and _distance(host, group) <= 1.0
    )


def _complements(host: Udi, loose: Udi) -> bool:
    """Nothing contradicts, and something is added."""
    adds = False
    for part in _PARTS:
        ours, theirs = getattr(host, part), getattr(loose, part)
        if ours not in ("", None) and theirs not in ("", None):
            if ours != theirs:
                return False
        elif theirs not in ("", None):
            adds = True
    return adds


def _join(host: _Group, group: _Group, groups: list[_Group]) -> None:
    host.udi = _together(host.udi, group.udi)
    host.at += group.at
    host.spots += group.spots
    groups.remove(group)


def _together(host: Udi, more: Udi) -> Udi:
    """One reading of two codes. What the second left open is closed by the first; readings stay as many as they were."""
    doubts = dict.fromkeys((*host.doubts, *more.doubts))
    doubts.pop(Doubt.NO_DI, None)
    if more.lot or more.serial or more.expiry or host.lot or host.serial or host.expiry:
        doubts.pop(Doubt.PLAIN_GTIN, None)
    extra = [element for element in more.elements if element not in host.elements]
    joined = replace(
        host,
        lot=host.lot or more.lot,
        serial=host.serial or more.serial,
        expiry=host.expiry or more.expiry,
        made=host.made or more.made,
        quantity=host.quantity if host.quantity is not None else more.quantity,
        sscc=host.sscc or more.sscc,
        elements=(*host.elements, *extra),
        doubts=tuple(doubts),
        alternatives=(),
    )
    others = [_together(replace(host, alternatives=()), other) for other in more.alternatives]
    others += [_together(other, replace(more, alternatives=())) for other in host.alternatives]
    return replace(joined, alternatives=tuple(others))


def _counted(groups: Iterable[_Group]) -> list[LabelRead]:
    """Equal labels at different places are copies of one."""
    found: dict[tuple[object, ...], list[_Group]] = {}
    for group in groups:
        udi = group.udi
        key = (udi.agency, udi.di, udi.lot, udi.serial, udi.expiry, udi.sscc, udi.quantity, udi.alternatives)
        found.setdefault(key, []).append(group)
    reads = []
    for same in found.values():
        fullest = max(same, key=lambda g: len(g.udi.elements))
        at = sorted(position for g in same for position in g.at)
        reads.append(LabelRead(fullest.udi, tuple(at), copies=len(same)))
    return sorted(reads, key=lambda read: read.symbols[0])
