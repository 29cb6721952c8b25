#!/usr/bin/python3 -B
"""`serve` and signals (RFC 9615 §4.3, issue 5): it reads the signaling zones of operators, by walk and
by transfer, and looks at a child as soon as signals for it come, though the next pass is an hour
away; and it publishes the signals of an operator that is both sides.
"""

import signal
import subprocess
import unittest

import labtest
from labtest import LAB, Dskeeper, configure, ds_at_parent, is_secure, records, wait_until

KNOT, BIND = "127.0.3.1", "127.0.4.1"
UNSIGNED = "_signal.ns1.nsd.op."
SECTIONS = f"""
[[signaling]]
hosts    = ["ns1.knot.op", "ns2.knot.op"]
walk     = true
interval = "1s"

[[signaling]]                            # with a zone cut on the way
hosts    = ["ns1.bind.op"]
walk     = true
interval = "1s"

[[signaling]]                            # not signed
hosts    = ["ns1.nsd.op"]
walk     = true
interval = "1s"

[signal]
primary    = "{BIND}"
list       = "own-zones"
hosts      = ["ns1.bind.op", "ns2.bind.op"]
update     = "{BIND}"
update-key = "update."
interval   = "1s"
"""
TRANSFER = f"""
[[signaling]]
hosts    = ["ns2.bind.op"]
axfr     = "{BIND}"
key      = "update."
interval = "1s"
"""
# Edge case 72: for a child that has no name server on Knot.
FOREIGN = f"_dsboot.asking.boot._signal.ns1.knot.op. 60 CDS 1 13 2 {'A' * 64}\n"


class SignalTriggers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own_zones = LAB / "own-zones"  # not there yet
        cls.configuration = configure(
            "triggers", zone=('zone    = "example."', 'zone    = "boot."'),
            ways=('bootstrap   = ["delay"]', 'bootstrap   = ["authenticated"]'),
            interval=('interval = "2s"', 'interval = "1h"'),
            retry=('retry       = ["1s", "2s", "4s"]', 'retry       = ["1h"]'))
        cls.text = cls.configuration.read_text() + SECTIONS
        cls.configuration.write_text(cls.text + TRANSFER)
        cls.dskeeper = Dskeeper(cls.configuration)
        for child, server in [("good.boot.", "127.0.3.2"), ("absent.boot.", "127.0.3.2"),
                              ("goodbind.boot.", "127.0.4.2"), ("cut.boot.", "127.0.4.2")]:
            wait_until(f"{child} asks", 60, records, server, child, "CDS")
        cls.addClassCleanup(cls.dskeeper.end)
        cls.dskeeper.start()
        # It has asked for every signal, and none was there.
        cls.wait_for_log("pass-ended")
        cls.before = {child: cls.dskeeper.case(child)
                      for child in ("good.boot.", "absent.boot.", "goodbind.boot.")}

    @classmethod
    def wait_for_log(cls, words, seconds=60):
        wait_until(f"the log says {words}", seconds, lambda: words in cls.dskeeper.log())

    def signal_channels(self, child):
        return [entry for entry in self.dskeeper.history(child)
                if entry["details"].get("channel") == "signal"]

    def assert_secured_by_signal(self, child):
        wait_until(f"{child} is secure", 40, is_secure, child)
        self.assertTrue(self.signal_channels(child), self.dskeeper.history(child))

    def test_1_before_there_are_signals_all_are_refused(self):
        for child, case in self.before.items():
            with self.subTest(child=child):
                self.assertEqual(case["outcome"], "refuse", case)

    def test_2_a_child_whose_signals_a_walk_finds_is_secure_soon(self):
        self.dskeeper.run("signal", "--primary", KNOT, "--host", "ns1.knot.op", "--host",
                          "ns2.knot.op", "--directory", str(LAB / "knot1/zones"), "good.boot",
                          check=True)
        with open(LAB / "knot1/zones/_signal.ns1.knot.op.zone", "a") as file:
            file.write(FOREIGN)
        for i in (1, 2):
            subprocess.run([LAB / "knot1" / "ctl", "zone-reload", f"_signal.ns{i}.knot.op."],
                           check=True, capture_output=True)
        self.assert_secured_by_signal("good.boot.")

    def test_3_a_child_whose_signals_a_transfer_brings_is_looked_at(self):
        self.dskeeper.run("signal", "--primary", BIND, "--host", "ns2.bind.op", "--update", BIND,
                          "--update-key", "update.", "cut.boot", check=True)
        wait_until("cut.boot. was looked at", 30, self.signal_channels, "cut.boot.")
        self.assertEqual(ds_at_parent("cut.boot."), frozenset())  # under the other host a zone cut
        self.assertEqual(self.signal_channels("absent.boot."), [])

    def test_4_what_is_signalled_under_a_foreign_host_is_no_reason_to_look(self):
        self.assertTrue(records(KNOT, FOREIGN.split()[0], "CDS"))
        self.assertEqual(self.signal_channels("asking.boot."), [])

    def test_5_a_zone_that_cannot_be_walked_is_named_once_with_the_reason(self):
        lines = self.lines_of("signals-unreadable")
        self.assertEqual(len(lines), 1, lines)
        self.assertIn(UNSIGNED, lines[0])
        self.assertIn("Is the zone signed?", lines[0])

    def test_6_what_cannot_be_published_ends_nothing_and_is_said_once(self):
        lines = self.lines_of("signals-not-published")
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("own-zones", lines[0])
        self.assertTrue(self.dskeeper.is_running())

    def test_7_serve_publishes_and_finds_what_was_published(self):
        # Only the walk can find it, which must step over the zone cut of cut.boot.
        self.configuration.write_text(self.text)
        self.dskeeper.process.send_signal(signal.SIGHUP)
        self.wait_for_log("configuration-reloaded")
        self.own_zones.write_text("goodbind.boot\n")
        self.assert_secured_by_signal("goodbind.boot.")
        self.assertTrue(self.lines_of("signals-published"))
        self.assertTrue(self.lines_of("signals-found: Under ns1.bind.op."))
        self.assertTrue(self.own_signals())

    def test_8_signals_of_zones_that_are_not_listed_any_more_go(self):
        self.own_zones.write_text("")
        wait_until("the signals have gone", 30, lambda: not self.own_signals())

    def test_9_it_ends_at_once(self):
        self.assertEqual(self.dskeeper.end(timeout=10), 0)

    def lines_of(self, event):
        return [line for line in self.dskeeper.log().splitlines() if event in line]

    @staticmethod
    def own_signals():
        return records(BIND, "_dsboot.goodbind.boot._signal.ns2.bind.op.", "CDS")


if __name__ == "__main__":
    labtest.main()
