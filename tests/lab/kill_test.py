#!/usr/bin/python3 -B
"""kill -9 of `serve` in the middle of a pass, twenty times: nothing lost, nothing applied twice.

Before each start a child asks for its other key, so that every run has something to decide, to
send and to confirm. The witness is the parent's own journal: the DS sets it went through must be
the store's confirmed changes, each once and in their order. LAB_SEED repeats a run's moments.
"""

import os
import random
import re
import signal
import time
import unittest

import labtest
from labtest import Dskeeper, configure, ds_at_parent, wait_until
from offline import OfflineChild
from parent_journal import ParentJournal
from sampler import Sampler

ASKING = ["insync", "silent", "silent3"]
ALL = ["roll", "rollbind", "first", "first2", "leave", *ASKING]
# Where a kill is aimed at: after this line of the log, up to so many seconds later. The second is
# for the time between "sent" in the store and the parent's answer, which no pass contains.
MOMENTS = {"pass-started": 1.5, "change-sent": 0.08}
KILLS = {"pass-started": 20, "change-sent": 10}


def zone(label):
    return f"{label}.example."


class Kill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        seed = int(os.environ.get("LAB_SEED", time.time_ns() % 1_000_000))
        print(f"  LAB_SEED={seed}", flush=True)
        cls.random = random.Random(seed)
        # At the lab's usual rate a pass is over in a tenth of a second: too short to be hit. At
        # this one it takes 1.8 seconds.
        cls.dskeeper = Dskeeper(configure("kill", rate=("rate     = 1000", "rate     = 10")))
        cls.first_ds = {label: ds_at_parent(zone(label)) for label in ALL}
        cls.children = [OfflineChild(label) for label in ASKING]
        cls.in_a_pass = cls.while_sent = 0
        cls.journal = cls.enterClassContext(ParentJournal())
        cls.addClassCleanup(cls.dskeeper.end)
        cls.sampler = Sampler([zone(label) for label in ALL])
        aims = [word for word, count in KILLS.items() for _ in range(count)]
        cls.random.shuffle(aims)
        with cls.sampler:
            for number, word in enumerate(aims):
                cls.kill_once(number, word)
            cls.settle()
        cls.journal.read()

    @classmethod
    def kill_once(cls, number, word):
        child = cls.children[number % len(cls.children)]
        child.ask_for(1 if number // len(cls.children) % 2 == 0 else 0)
        delay = cls.random.uniform(0, MOMENTS[word])
        begun = len(cls.dskeeper.log())
        cls.dskeeper.start()
        # A run may have nothing to send: then its third pass will do.
        line = f"{word}:|(pass-started.*){{3}}"
        wait_until(f"serve says {word}", 60,
                   lambda: re.search(line, cls.dskeeper.log()[begun:], re.DOTALL))
        time.sleep(delay)  # the random moment itself
        cls.dskeeper.end(signal.SIGKILL)
        log = cls.dskeeper.log()[begun:]
        is_in_a_pass = log.rfind("pass-started") > log.rfind("pass-ended")
        is_sent = log.count("change-sent") > log.count("change-confirmed")
        cls.in_a_pass += is_in_a_pass
        cls.while_sent += is_sent
        print(f"  kill {number + 1:2}, {delay:.3f} s after {word}:"
              f" {'in a pass' if is_in_a_pass else 'between passes'}"
              f"{', a change under way' if is_sent else ''}", flush=True)

    @classmethod
    def settle(cls):
        """The last start: everything that was asked for comes to stand, and rolling goes on."""
        cls.dskeeper.start()
        for child in cls.children:
            wait_until(f"{child.zone} has what it asks for", 60,
                       lambda child=child: ds_at_parent(child.zone) == child.asked)
        before = ds_at_parent(zone("roll"))
        wait_until("roll.example. rolls again", 150,
                   lambda: ds_at_parent(zone("roll")) not in (None, before))
        wait_until("no change is open", 60, lambda: cls.dskeeper.json_lines(
            "status", "--json")[0]["open_changes"] == 0)
        cls.status = cls.dskeeper.end()

    def confirmed(self, label):
        """The confirmed changes in the order in which they were found to stand."""
        return [entry["details"] for entry in self.dskeeper.history(zone(label))
                if entry["kind"] == "change" and entry["details"]["state"] == "confirmed"]

    def test_twenty_kills_met_a_pass(self):
        print(f"  {self.in_a_pass} of {sum(KILLS.values())} kills met a pass,"
              f" {self.while_sent} a change under way")
        self.assertGreaterEqual(self.in_a_pass, KILLS["pass-started"])

    def test_the_parent_went_through_exactly_the_confirmed_changes(self):
        total = 0
        for label in ALL:
            sets = self.journal.ds_sets(zone(label), self.first_ds[label])
            total += len(sets)
            self.assertEqual(sets, [frozenset(change["after"])
                                    for change in self.confirmed(label)], label)
        print(f"  {total} changes of DS sets in the parent's journal")
        self.assertGreaterEqual(total, KILLS["change-sent"])

    def test_every_change_came_to_one_end(self):
        for label in ALL:
            for change_id, steps in self.dskeeper.changes(zone(label)).items():
                ends = [step["state"] for step in steps
                        if step["state"] in ("confirmed", "failed")]
                self.assertEqual(len(ends), 1, f"{label} {change_id}: {steps}")
                self.assertEqual(steps[0]["state"], "queued", f"{label} {change_id}")
                self.assertIn(steps[-1]["state"], ("confirmed", "failed"))
                if ends == ["failed"]:
                    self.assertIn("superseded", steps[-1]["reason"], label)

    def test_each_change_follows_the_one_before(self):
        for label in ALL:
            standing = self.first_ds[label]
            for change in self.confirmed(label):
                self.assertEqual(frozenset(change["before"]), standing, label)
                standing = frozenset(change["after"])

    def test_the_journal_and_its_evidence_are_whole(self):
        done = self.dskeeper.run("audit", timeout=120)
        print("  " + done.stdout.strip().replace("\n", "\n  "))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_nobody_else_was_touched(self):
        self.assertLessEqual(self.journal.changed(), {zone(label) for label in ALL})

    def test_no_child_was_ever_bogus(self):
        self.sampler.check(self)

    def test_the_last_run_ended_in_peace(self):
        self.assertEqual(self.status, 0)


if __name__ == "__main__":
    labtest.main()
