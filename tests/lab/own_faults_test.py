#!/usr/bin/python3 -B
"""What is wrong with us and not with the children: every server that the resolver asks is silent, the
trust anchor is wrong, the clock is a year off. No bootstrap, a finding that says which, and `serve`
keeps running (issue 5), on real name servers."""

import glob
import re
import socket
import unittest

import labtest
from bootstrap_test import KNOT, WAY, ZONE, signal_on_knot
from labtest import LAB, Dskeeper, configure, ds_at_parent, records, wait_until

CHILD = "good.boot."
SILENT = "127.0.9.9"
YEAR_S = 365 * 86400
TRANSFER = 'source  = { axfr = "127.0.2.1", key = "transfer." }'
SINK = 'sink    = { dns-update = "127.0.2.1", key = "update." }\nconfirm = ["127.0.2.1", "127.0.2.2"]'
HINTS = 'root-hints   = "root.hints"'
ANCHOR = 'trust-anchor = "root.key"'


def fake_clock(seconds):
    """The environment of a process whose clock, but for the monotonic one, is so much ahead."""
    library, = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    return {"LD_PRELOAD": library, "FAKETIME": f"{seconds:+}", "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def variant(name, environment=None, **replacements):
    """dskeeper on boot., from a list: no signature of the parent's tells what the time is."""
    return Dskeeper(configure(
        name, zone=(ZONE, 'zone    = "boot."'), way=(WAY, 'bootstrap   = ["authenticated"]'),
        source=(TRANSFER, 'source  = { list = "boot-list.csv" }'),
        sink=(SINK, "sink    = { none = true }"), **replacements), environment)


class OwnFaults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        (LAB / "boot-list.csv").write_text(f"name,ns,ds\n{CHILD},ns1.knot.op. ns2.knot.op.,\n")
        wait_until(f"{CHILD} asks", 60, records, "127.0.3.2", CHILD, "CDS")
        signal_on_knot(variant("signalling"), KNOT, "knot", [CHILD])

    def check(self, dskeeper, code, *words):
        """By a look at it, and in `serve`."""
        case = dskeeper.json_lines("explain", "--json", CHILD)[0]
        self.assertEqual(case["outcome"], "retry", case)
        self.assertEqual([finding["code"] for finding in case["findings"]], [code], case)
        for word in words:
            self.assertIn(word, case["findings"][0]["text"])
        self.addCleanup(dskeeper.end)
        dskeeper.start()
        wait_until(f"serve says {code}", 120, lambda: code in str(dskeeper.case(CHILD)))
        self.assertTrue(dskeeper.is_running(), dskeeper.log())
        self.assertIn(dskeeper.case(CHILD)["outcome"], ("retry", "refuse"))
        self.assertEqual(dskeeper.end(), 0, dskeeper.log())
        self.assertEqual(ds_at_parent(CHILD), frozenset())

    def test_without_a_fault_it_would_be_accepted(self):
        case = variant("sound").json_lines("explain", "--json", CHILD)[0]
        self.assertEqual(case["outcome"], "accept", case)

    def test_every_upstream_of_the_resolver_is_silent(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
            deaf.bind((SILENT, 53))
            (LAB / "silent.hints").write_text(
                f". 3600 IN NS deaf.test.\ndeaf.test. 3600 IN A {SILENT}\n")
            self.check(variant("silent", hints=(HINTS, 'root-hints   = "silent.hints"')),
                       "resolver-silent", "not even for the keys of the root zone")

    def test_the_trust_anchor_is_wrong(self):
        anchor = (LAB / "root.key").read_text()
        (LAB / "wrong.key").write_text(re.sub(r"\S{8}\n", "00000000\n", anchor))
        self.check(variant("wrong", anchor=(ANCHOR, 'trust-anchor = "wrong.key"')),
                   "trust-anchor-wrong", "the root zone")

    def test_the_clock_is_a_year_ahead(self):
        self.check(variant("ahead", fake_clock(YEAR_S)), "clock-wrong", "the root zone")

    def test_the_clock_is_a_year_behind(self):
        self.check(variant("behind", fake_clock(-YEAR_S)), "clock-wrong", "the root zone")

    def serve_until(self, dskeeper, *words):
        self.addCleanup(dskeeper.end)
        dskeeper.start()
        for word in words:
            wait_until(f"serve says {word}", 60, lambda word=word: word in dskeeper.log())
        self.assertTrue(dskeeper.is_running(), dskeeper.log())
        self.assertEqual(dskeeper.end(), 0, dskeeper.log())

    def test_a_wrong_clock_shows_where_the_parent_is_transferred_with_a_key(self):
        self.serve_until(Dskeeper(configure("keyed"), fake_clock(YEAR_S)),
                         "source-unreadable", "Set both clocks right")

    def test_a_wrong_clock_shows_by_the_signed_parent_zone(self):
        plain = configure("signed", source=(TRANSFER, 'source  = { zone-file = "example.zone" }'),
                          sink=(SINK, "sink    = { none = true }"))
        self.serve_until(Dskeeper(plain, fake_clock(-YEAR_S)), "pass-void", "the clock stands at")


if __name__ == "__main__":
    labtest.main()
