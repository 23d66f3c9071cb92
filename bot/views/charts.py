"""Charts of money as PNG: large type, labels at the bars instead of legends, told apart by brightness as well as by hue.

matplotlib is imported when the first one is drawn.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.views.words import clean, cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe-Ito: a dark blue for use, a bright orange for waste. Greys apart by brightness.
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREY = "#5F6368"
INK = "#1D1C1D"
PALE = "#E3E5E8"
BEFORE = "#B7BCC2"

_WIDTH, _DPI = 6.6, 180
"""1,188 px: a phone shows it at a third of that, where 14 points are still read."""

_LABEL = 22
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: use and waste now, and both together in the period before."""

    label: str
    cost: Decimal
    wasted: Decimal
    before: Decimal


def bars(rows: Sequence[Bar], *, title: str, subtitle: str, before: str, currency: str) -> bytes:
    """Horizontal bars, the largest on top: use, then waste in orange, and a mark where the period before was."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    labels = [_wrapped(row.label) for row in rows]
    height = 1.78 + 0.66 * len(rows)
    # The names take what they need, the bars all the rest.
    left = min(0.5, 0.04 + 0.0202 * max(len(line) for label in labels for line in label.split("\n")))
    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((left, 0.58 / height, 0.975 - left, 1 - (0.58 + 1.05) / height))
    places = list(range(len(rows)))
    used = [max(0.0, float(row.cost)) for row in rows]
    wasted = [max(0.0, float(row.wasted)) for row in rows]
    axes.barh(places, used, height=0.62, color=BLUE, zorder=2)
    axes.barh(places, wasted, left=used, height=0.62, color=ORANGE, zorder=2)
    reach = max(
        [
            *(one + other for one, other in zip(used, wasted, strict=True)),
            *(float(row.before) for row in rows),
            1.0,
        ]
    )
    for place, row in enumerate(rows):
        mark = float(row.before)
        if mark > 0:
            axes.plot(
                [mark, mark],
                [place - 0.4, place + 0.4],
                color=INK,
                linewidth=2.4,
                zorder=4,
                solid_capstyle="butt",
            )
        end = max(used[place] + wasted[place], mark)
        axes.annotate(
            _literal(short_money(row.cost + row.wasted, currency)), (end, place), xytext=(7, 0),
            textcoords="offset points", va="center", fontsize=14, color=INK,
        )  # fmt: skip
    axes.set_yticks(places)
    axes.set_yticklabels([_literal(label) for label in labels], fontsize=14, color=INK, linespacing=0.95)
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.set_xlim(0, reach * 1.24)
    _bare(axes)
    axes.set_xticks([])
    _titled(figure, title=title, subtitle=subtitle, height=height)
    _key(figure, before=before, waste=any(wasted), height=height)
    return _png(figure)


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    cost: Decimal
    wasted: Decimal


def columns(
    points: Sequence[Column], *, title: str, subtitle: str, mean: Decimal | None, before: str, currency: str
) -> bytes:
    """Bars over time, waste on top of use, and the mean of the period before as a dashed line."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    figure = Figure(figsize=(_WIDTH, 5.0), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.125, 0.2, 0.855, 0.56))
    places = list(range(len(points)))
    used = [max(0.0, float(one.cost)) for one in points]
    wasted = [max(0.0, float(one.wasted)) for one in points]
    axes.bar(places, used, width=0.74, color=BLUE, zorder=2)
    axes.bar(places, wasted, bottom=used, width=0.74, color=ORANGE, zorder=2)
    if mean is not None and mean > 0:
        axes.axhline(float(mean), color=INK, linestyle=(0, (5, 3)), linewidth=2, zorder=3)
    step = max(1, -(-len(points) // 6))
    axes.set_xticks(places[::step])
    axes.set_xticklabels([one.label for one in points[::step]], fontsize=13)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: _literal(short_money(Decimal(value), currency)))
    )
    axes.tick_params(axis="y", labelsize=13, colors=GREY, length=0)
    axes.tick_params(axis="x", colors=GREY, length=0)
    axes.grid(axis="y", color=PALE, linewidth=1, zorder=0)
    axes.set_axisbelow(True)
    _bare(axes)
    axes.spines["bottom"].set_visible(True)
    axes.spines["bottom"].set_color(PALE)
    axes.set_ylim(0, max([*(a + b for a, b in zip(used, wasted, strict=True)), float(mean or 0), 1.0]) * 1.08)
    _titled(figure, title=title, subtitle=subtitle, height=5.0)
    _key(figure, before=before if mean else "", waste=any(wasted), height=5.0, dashed=True)
    return _png(figure)


def _wrapped(label: str) -> str:
    """The name in two lines at most."""
    return (
        "\n".join(textwrap.wrap(cut(clean(label), 2 * _LABEL), width=_LABEL, max_lines=2, placeholder="…"))
        or "–"
    )


def short_money(amount: Decimal, currency: str) -> str:
    """ "$813k", "$1.2m", "$940": three figures are what a bar can show."""
    sign = _SIGNS.get(currency, f"{currency} ")
    value = abs(amount)
    if value < 1_000:
        shown = f"{value:,.0f}"
    elif value < 999_500:
        shown = f"{value / 1_000:,.1f}k" if value < 9_950 else f"{value / 1_000:,.0f}k"
    else:
        shown = f"{value / 1_000_000:,.2f}m" if value < 9_995_000 else f"{value / 1_000_000:,.1f}m"
    return f"{'−' if amount < 0 else ''}{sign}{shown}"


def _bare(axes: Axes) -> None:
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)


def _titled(figure: Figure, *, title: str, subtitle: str, height: float) -> None:
    figure.text(
        0.03,
        1 - 0.2 / height,
        _literal(cut(clean(title), 40)),
        fontsize=19,
        fontweight="bold",
        color=INK,
        va="top",
    )
    figure.text(
        0.03, 1 - 0.66 / height, _literal(cut(clean(subtitle), 60)), fontsize=14, color=GREY, va="top"
    )


def _key(figure: Figure, *, before: str, waste: bool, height: float, dashed: bool = False) -> None:
    """What the colours are, said in the colours themselves, in one line at the foot."""
    from matplotlib.lines import Line2D

    x, y = 0.03, 0.3 / height
    entries = [("used", BLUE)] + ([("wasted", ORANGE)] if waste else [])
    for words, colour in entries:
        figure.add_artist(Line2D([x, x + 0.022], [y, y], color=colour, linewidth=11, solid_capstyle="butt"))
        figure.text(x + 0.032, y, words, fontsize=14, color=INK, va="center")
        x += 0.19
    if before:
        ends = (
            ([x, x + 0.03], [y, y])
            if dashed
            else ([x + 0.01, x + 0.01], [y - 0.12 / height, y + 0.12 / height])
        )
        figure.add_artist(Line2D(*ends, color=INK, linewidth=2.4, linestyle="--" if dashed else "-"))
        figure.text(
            x + (0.04 if dashed else 0.025),
            y,
            _literal(cut(clean(before), 30)),
            fontsize=14,
            color=INK,
            va="center",
        )


def _png(figure: Figure) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _literal(text: str) -> str:
    """A dollar sign would start a formula."""
    return text.replace("$", r"\$")
