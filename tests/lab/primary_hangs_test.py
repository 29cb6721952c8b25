#!/usr/bin/python3 -B
"""The parent's primary hangs: it takes connections and answers nothing. dskeeper goes on looking and
deciding, says why its change waits, and the waiting ends soon after the primary answers again.

dskeeper reads example. from the secondary, as in primary_down_test.py.
"""

import os
import signal
import time
import unittest

import labtest
from labtest import Dskeeper, Server, configure, ds_at_parent, wait_until
from offline import OfflineChild
from parent_journal import ParentJournal

SOURCE = 'source  = { axfr = "127.0.2.1", key = "transfer." }'
HANGING_S = 45  # longer than dskeeper's longest pause would be if it doubled from try to try
# One more question to the hanging server (10 s), the pause after it, and some looks.
SOON_S = 30


class PrimaryHangs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dskeeper = Dskeeper(configure("hangs", source=(SOURCE, SOURCE.replace(".2.1", ".2.2"))))
        cls.first, cls.second = OfflineChild("insync"), OfflineChild("silent")
        cls.before = {child.zone: ds_at_parent(child.zone) for child in (cls.first, cls.second)}
        cls.journal = cls.enterClassContext(ParentJournal())
        cls.addClassCleanup(cls.dskeeper.end)
        cls.dskeeper.start()
        wait_until("a first pass", 60, lambda: "pass-ended" in cls.dskeeper.log())
        primary = Server("parent").pid()
        os.kill(primary, signal.SIGSTOP)
        cls.addClassCleanup(os.kill, primary, signal.SIGCONT)
        hanging_since = time.monotonic()
        cls.first.ask_for(1)
        wait_until("the first change was tried", 60, cls.has_reason, cls.first)
        cls.second.ask_for(1)
        wait_until("the second change is decided", 60, cls.has_reason, cls.second)
        passes = cls.dskeeper.log().count("pass-ended")
        wait_until("passes go on", 60,
                   lambda: cls.dskeeper.log().count("pass-ended") >= passes + 3)
        # Not a wait for something to happen: the time itself is what is tested.
        time.sleep(max(0.0, hanging_since + HANGING_S - time.monotonic()))
        cls.reasons = {child.zone: cls.change(child)["reason"] for child in (cls.first, cls.second)}
        os.kill(primary, signal.SIGCONT)
        answering_since = time.monotonic()
        wait_until("both stand", 120, lambda: all(
            ds_at_parent(child.zone) == child.asked for child in (cls.first, cls.second)))
        cls.waited_s = time.monotonic() - answering_since
        wait_until("no change is open", 60, lambda: cls.dskeeper.json_lines(
            "status", "--json")[0]["open_changes"] == 0)
        cls.status = cls.dskeeper.end()
        cls.journal.read()

    @classmethod
    def change(cls, child):
        case = cls.dskeeper.case(child.zone)
        return case and case["change"]

    @classmethod
    def has_reason(cls, child):
        change = cls.change(child)
        return change is not None and change["state"] in ("queued", "sent") and change["reason"]

    def test_the_reason_is_shown_at_both_changes(self):
        for zone, reason in self.reasons.items():
            self.assertIn("127.0.2.1", reason, zone)

    def test_the_wait_ended_soon_after_it_answered(self):
        print(f"  both stood {self.waited_s:.1f} s after the primary answered again")
        self.assertLess(self.waited_s, SOON_S)

    def test_each_change_was_applied_once(self):
        for child in (self.first, self.second):
            self.assertEqual(self.journal.ds_sets(child.zone, self.before[child.zone]),
                             [child.ds_of(1)], child.zone)

    def test_the_log_says_it_once_and_when_it_was_over(self):
        self.assertEqual(self.dskeeper.log().count("parent-silent"), 1)
        self.assertEqual(self.dskeeper.log().count("parent-answers"), 1)

    def test_serve_lived_on(self):
        self.assertEqual(self.status, 0)


if __name__ == "__main__":
    labtest.main()
