"""Draws figures over zone sizes as SVG, with nothing but Python, so that a plot needs no package."""

import math
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 360, 260
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 34, 44
COLOURS = ["#1f5fa8", "#c05a12", "#4b7f2f"]


@dataclass
class Panel:
    title: str   # with its unit
    series: dict  # name: {zone size: figure}
    is_logarithmic: bool = False
    tolerance: float = 0  # a band of that height above the lowest of the first series


def decades(low, high):
    return [10 ** power for power in range(math.floor(math.log10(low)),
                                           math.ceil(math.log10(high)) + 1)]


def steps(high):
    """Round numbers from 0 to at least `high`, about five of them."""
    step = 10 ** math.floor(math.log10(high / 5))
    step *= next(factor for factor in (1, 2, 5, 10) if step * factor * 5 >= high)
    return [step * i for i in range(math.ceil(high / step) + 1)]


def label(number):
    return f"{number:,.0f}" if number >= 1 else f"{number:g}"


class Axes:
    def __init__(self, panel):
        sizes = {size for figures in panel.series.values() for size in figures}
        heights = [figure for figures in panel.series.values() for figure in figures.values()]
        self.is_logarithmic = panel.is_logarithmic
        self.across = decades(min(sizes), max(sizes))
        if len(self.across) == 1:
            self.across.append(self.across[0] * 10)
        top = max(heights) * (1 + panel.tolerance)
        self.up = decades(min(heights), top) if panel.is_logarithmic else steps(top)

    def x(self, size):
        first, last = math.log10(self.across[0]), math.log10(self.across[-1])
        return LEFT + (math.log10(size) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(self, figure):
        measure = math.log10 if self.is_logarithmic else float
        first, last = measure(self.up[0]), measure(self.up[-1])
        share = (measure(figure) - first) / (last - first)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def text(x, y, words, anchor="middle", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(words)}</text>'


def line(x1, y1, x2, y2, colour="#ddd"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def frame(axes, panel):
    out = [text(LEFT, 18, panel.title, "start", 'font-weight="bold"')]
    for size in axes.across:
        out.append(line(axes.x(size), TOP, axes.x(size), HEIGHT - BOTTOM))
        out.append(text(axes.x(size), HEIGHT - BOTTOM + 16, label(size)))
    for figure in axes.up:
        out.append(line(LEFT, axes.y(figure), WIDTH - RIGHT, axes.y(figure)))
        out.append(text(LEFT - 6, axes.y(figure) + 4, label(figure), "end"))
    out.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "children"))
    return out


def band(axes, panel):
    if not panel.tolerance:
        return []
    lowest = min(next(iter(panel.series.values())).values())
    top, bottom = axes.y(lowest * (1 + panel.tolerance)), axes.y(lowest)
    return [f'<rect x="{LEFT}" y="{top:.1f}" width="{WIDTH - LEFT - RIGHT}" '
            f'height="{bottom - top:.1f}" fill="{COLOURS[0]}" opacity="0.12"/>']


def curves(axes, panel):
    out = []
    for colour, (name, figures) in zip(COLOURS, panel.series.items()):
        points = [(axes.x(size), axes.y(figure)) for size, figure in sorted(figures.items())]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        x, y = points[0]
        out.append(text(x + 6, y - 7, name, "start", f'fill="{colour}"'))
    return out


def svg(panels):
    """The panels side by side."""
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH * len(panels)}" '
           f'height="{HEIGHT}" font-family="sans-serif" font-size="11">',
           '<rect width="100%" height="100%" fill="white"/>']
    for number, panel in enumerate(panels):
        axes = Axes(panel)
        out.append(f'<g transform="translate({number * WIDTH} 0)">')
        out += frame(axes, panel) + band(axes, panel) + curves(axes, panel)
        out.append("</g>")
    return "\n".join([*out, "</svg>", ""])
