"""Figures, quotations, pictures and tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def figure_text(value: float | None, share: bool) -> str:
    """A share of 0 to 1 in percent, or an F1 with three places; nothing for what was not measured."""
    if value is None:
        return ""
    return percent(value) if share else f"{value:.3f}"


def percent(value: float) -> str:
    return f"{100 * value:.1f}%"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def verdict(good: bool) -> str:
    return "reached" if good else "**not reached**"


def quoted(text: str) -> str:
    """A message inside a table: signs of Markdown and HTML that people type stay what they are."""
    kept = "".join(f"\\{sign}" if sign in "\\`*_[]|~#$" else sign for sign in text)
    return f"“{kept.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}”"


def picture(name: str, alt: str) -> str:
    """One of the plots of bench/nlu_report.py, with what it shows in words."""
    return f"![{alt}.](images/nlu_{name}.png)"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
