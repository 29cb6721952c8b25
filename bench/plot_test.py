"""The plot is drawn inside its frame, and all of it."""

import unittest
import xml.etree.ElementTree as ElementTree

from plot import HEIGHT, LEFT, RIGHT, TOP, BOTTOM, WIDTH, Axes, Panel, svg

SVG = "{http://www.w3.org/2000/svg}"
COST = Panel("CPU a child, µs", {"dskeeper & kin": {10_000: 90, 100_000: 85, 1_000_000: 97},
                                 "yardstick": {10_000: 9.5, 1_000_000: 10}}, tolerance=0.15)
MEMORY = Panel("peak memory, MiB", {"dskeeper": {10_000: 38, 1_000_000: 912}}, is_logarithmic=True)


class Plot(unittest.TestCase):
    def test_every_figure_has_its_point_inside_the_frame(self):
        for panel in (COST, MEMORY):
            root = ElementTree.fromstring(svg([panel]))
            points = [(float(point.get("cx")), float(point.get("cy")))
                      for point in root.iter(f"{SVG}circle")]
            self.assertEqual(len(points), sum(len(its) for its in panel.series.values()))
            for x, y in points:
                self.assertTrue(LEFT <= x <= WIDTH - RIGHT and TOP <= y <= HEIGHT - BOTTOM, (x, y))

    def test_more_is_higher_and_larger_further_right(self):
        axes = Axes(MEMORY)
        self.assertLess(axes.y(912), axes.y(38))
        self.assertLess(axes.x(10_000), axes.x(1_000_000))

    def test_a_linear_axis_begins_at_nothing(self):
        self.assertEqual(Axes(COST).up, [0, 50, 100, 150])

    def test_the_band_begins_at_the_lowest_figure_of_the_first_series(self):
        band = list(ElementTree.fromstring(svg([COST])).iter(f"{SVG}rect"))[1]
        axes = Axes(COST)
        bottom = float(band.get("y")) + float(band.get("height"))
        self.assertAlmostEqual(bottom, axes.y(85), delta=0.2)
        self.assertAlmostEqual(float(band.get("y")), axes.y(85 * 1.15), delta=0.2)

    def test_a_single_size_can_be_drawn(self):
        ElementTree.fromstring(svg([Panel("one", {"its": {1000: 5}})]))


if __name__ == "__main__":
    unittest.main()
