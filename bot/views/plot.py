"""Plots as PNG, readable on a phone and by those who do not see colours; matplotlib is imported when the first one is drawn."""

from __future__ import annotations

import io
from datetime import date

from bot.views.rendered import Attachment
from bot.views.words import clean, counted, cut, day, month, number, quantity
from bot.views.words import unit as plural
from domain.usecases.ask.answers import UsageAnswer, UsagePoint

# Okabe-Ito blue and a dark grey: told apart by brightness as well as by hue.
_BLUE = "#0072B2"
_GREY = "#5F6368"
_INK = "#1D1C1D"
_PALE = "#E3E5E8"
_FEW = 14  # bars that each carry their figure


def usage_plot(answer: UsageAnswer, *, title: str, unit: str, today: date) -> Attachment:
    """Bars of the series with the average of the period before as a dashed line; the alt text holds the numbers."""
    before = answer.previous / len(answer.series) if answer.previous and answer.series else None
    return Attachment(
        filename="usage.png",
        title=cut(clean(f"Use of {title}"), 120),
        data=_draw(answer.series, bucket=answer.bucket, before=before, title=title, unit=unit, today=today),
        alt_text=alt_text(answer, title=title, unit=unit, today=today),
    )


def warm() -> None:
    """Imports what the first plot would wait for: some seconds on a busy machine. To be called apart from the event loop."""
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401


def alt_text(answer: UsageAnswer, *, title: str, unit: str, today: date) -> str:
    """What the plot shows, in words and figures."""
    figures = ", ".join(
        f"{_tick(point, answer.bucket, today=today)} {number(point.quantity)}" for point in answer.series
    )
    peak = max(answer.series, key=lambda point: point.quantity)
    return cut(
        f"Bar chart: use of {clean(title)} by {answer.bucket}, {quantity(answer.total, unit)} in "
        f"{counted(len(answer.series), answer.bucket)}, most in {_tick(peak, answer.bucket, today=today)} "
        f"({number(peak.quantity)}); the period before had {number(answer.previous)}. {figures}.",
        1900,
    )


def _tick(point: UsagePoint, bucket: str, *, today: date) -> str:
    if bucket == "month":
        return month(point.start, today=today)
    shown = day(point.start, today=today).split(" ", 1)[1]
    return f"week of {shown}" if bucket == "week" else shown


def _draw(
    series: tuple[UsagePoint, ...], *, bucket: str, before: float | None, title: str, unit: str, today: date
) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    # 3:2 at 1,200 px: fills a phone's width and stays sharp; the sizes of type are for that width.
    figure = Figure(figsize=(8, 5.0), dpi=150, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    values = [point.quantity for point in series]
    places = list(range(len(series)))
    bars = axes.bar(places, values, width=0.72, color=_BLUE, zorder=2)
    if len(series) <= _FEW:
        axes.bar_label(bars, [number(value) for value in values], padding=3, fontsize=13, color=_INK)
    if before is not None:
        line = axes.axhline(before, color=_GREY, linestyle=(0, (5, 3)), linewidth=2, zorder=3)
        # Above the plot, where no bar can run through it.
        axes.legend(
            [line], [f"period before: {before:,.1f} a {bucket}"],
            loc="lower left", bbox_to_anchor=(-0.01, 0.99), frameon=False, fontsize=13, labelcolor=_GREY, borderpad=0.2,
        )  # fmt: skip
    axes.set_title(
        _literal(cut(clean(title), 46)),
        loc="left",
        fontsize=17,
        fontweight="bold",
        color=_INK,
        pad=14 if before is None else 32,
    )
    axes.set_ylabel(_literal(f"{plural(unit, count=2)} a {bucket}"), fontsize=14, color=_GREY)
    step = max(1, -(-len(series) // 7))
    axes.set_xticks(places[::step])
    axes.set_xticklabels(
        [_tick(point, bucket, today=today).removeprefix("week of ") for point in series[::step]], fontsize=13
    )
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.tick_params(axis="y", labelsize=13, colors=_GREY, length=0)
    axes.tick_params(axis="x", colors=_GREY, length=0)
    axes.grid(axis="y", color=_PALE, linewidth=1, zorder=0)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_PALE)
    low = min(0, *values) if len(values) > 1 else 0
    axes.set_ylim(low, max([*values, before or 0, 1]) * 1.15)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _literal(text: str) -> str:
    """A dollar sign would start a formula."""
    return text.replace("$", r"\$")
