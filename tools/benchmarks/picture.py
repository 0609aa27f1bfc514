# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the picture of results: two charts in one SVG, readable on light and on dark pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from benchmarks.measure import IAM_LATENCY, SYSDIG_LATENCY, Cell, Scaling
from benchmarks.project import FORKS

WIDTH, HEIGHT = 960, 440
TOP, BOTTOM = 92, 352  # of the charts
CHART_WIDTH = 360
TICKS = 4  # steps of the vertical axis
LABEL_WIDTH = 24  # of a number under the horizontal axis, at least
# Colours that people with any colour vision tell apart, and a dash for those who print. What is dashed is drawn last,
# over the others, with smaller points, so that a line shows through another one with the same values.
STYLES = (("#0072b2", ""), ("#d55e00", ""), ("#cc79a7", "7 4"), ("#7f7f7f", "2 4"))
COLOURS = """
  .page { fill: #ffffff } .text { fill: #1f2328 } .soft { fill: #59636e } .grid { stroke: #d1d9e0 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .text { fill: #f0f6fc } .soft { fill: #9198a1 } .grid { stroke: #3d444d }
  }
"""


@dataclass(frozen=True)
class Chart:
    """One chart: its title, its left edge, and the value of a cell that it shows."""

    title: str
    left: int
    value: Callable[[Cell], float]


CHARTS = (
    Chart("Requests to IAM and Sysdig, together", 70, lambda cell: sum(cell.calls)),
    Chart("Wall time in seconds", 550, lambda cell: cell.seconds),
)


def draw(scaling: Scaling) -> str:
    """Return the picture as an SVG document."""
    title = "One token on every host: requests made, and time taken, by the number of hosts"
    under = f"{FORKS} forks; the services answer after {IAM_LATENCY} s (IAM) and {SYSDIG_LATENCY} s (Sysdig)"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif">',
        f"<title>{title}</title>",
        f"<style>{COLOURS}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="8"/>',
        _text(24, 32, title, size=18, weight=600),
        _text(24, 54, under, style="soft"),
    ]
    for chart in CHARTS:
        parts += _chart(chart, scaling)
    parts += _legend(list(scaling))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _chart(chart: Chart, scaling: Scaling) -> Iterator[str]:
    hosts = sorted({count for cells in scaling.values() for count in cells})
    top = _round_up(max(chart.value(cell) for cells in scaling.values() for cell in cells.values()))

    def x(count: float) -> float:
        return chart.left + CHART_WIDTH * count / hosts[-1]

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * value / top

    yield _text(chart.left, TOP - 14, chart.title, size=14, weight=600)
    for step in range(TICKS + 1):
        value = top * step / TICKS
        yield f'<path class="grid" d="M{chart.left} {y(value):.1f}h{CHART_WIDTH}"/>'
        yield _text(chart.left - 8, y(value) + 4, f"{value:g}", style="soft", anchor="end")
    across = chart.left - LABEL_WIDTH + 0.0
    for count in hosts:
        across = max(x(count), across + LABEL_WIDTH)
        yield _text(across, BOTTOM + 18, str(count), style="soft", anchor="middle")
    yield _text(chart.left + CHART_WIDTH / 2, BOTTOM + 38, "hosts", style="soft", anchor="middle")
    # The first one is drawn last of its kind, so that it is on top.
    lines = reversed(list(zip(scaling.values(), STYLES, strict=True)))
    for cells, (colour, dash) in sorted(lines, key=lambda line: bool(line[1][1])):
        points = [(x(count), y(chart.value(cell))) for count, cell in sorted(cells.items())]
        line = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        yield f'<polyline fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}" points="{line}"/>'
        radius = 2.5 if dash else 4
        yield from (
            f'<circle fill="{colour}" cx="{across:.1f}" cy="{down:.1f}" r="{radius}"/>' for across, down in points
        )


def _legend(names: list[str]) -> Iterator[str]:
    across = 70.0
    for name, (colour, dash) in zip(names, STYLES, strict=True):
        yield f'<path stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}" d="M{across:.0f} 415h28"/>'
        yield _text(across + 36, 419, name)
        across += 70 + 7 * len(name)


def _text(
    across: float,
    down: float,
    text: str,
    *,
    style: str = "text",
    size: int = 13,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    return (
        f'<text class="{style}" x="{across:.1f}" y="{down:.1f}" font-size="{size}" font-weight="{weight}"'
        f' text-anchor="{anchor}">{escape(text)}</text>'
    )


def _round_up(value: float) -> float:
    """Return the next number that is easily divided into steps."""
    power = 10 ** max(0, len(str(int(value))) - 1)
    return next(
        float(factor * power) for factor in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20) if factor * power >= value
    )
