#!/usr/bin/python3 -B
"""The main job (issue 2): `serve` keeps example., and nobody else lays a hand on it.

A first DS after the waiting time, two KSK rollovers on Knot and one on BIND, a removal, and seven
children that must be left alone; the validator never finds any of them bogus.
"""

import itertools
import time
import unittest

import labtest
from labtest import Dskeeper, ds_at_parent, is_secure, ksks, wait_until
from parent_journal import ParentJournal
from sampler import Sampler

SECURE = ["roll", "rollbind", "silent", "silent3", "insync", "split", "breaks", "zsk", "stale"]
UNTOUCHED = ["quiet", "silent", "silent3", "insync", "split", "breaks", "zsk", "stale", "lame"]
MOVING = {"roll", "rollbind", "first", "first2", "leave"}
BROKEN = {  # child: what its findings name; all are refused in the end
    "split": "servers-differ",
    "breaks": "would-break",
    "zsk": "signer-not-in-ds",
    "stale": "signature-expired",
    "lame": "server-refuses",
}
SERVER_OF = {"roll": "127.0.3.1", "rollbind": "127.0.4.1"}
ROLL_S = {"roll": 30, "rollbind": 60}
PATIENCE_S = 150  # for each step, on a busy machine; beyond the lifetime of the key


def zone(label):
    return f"{label}.example."


class Rollovers:
    """Counts the complete rollovers of a child: the new DS stands alone, the old KSK is gone."""

    def __init__(self, label):
        self.child, self.server = zone(label), SERVER_OF[label]
        self.ds = wait_until(f"{self.child} has a DS", 10, ds_at_parent, self.child)
        self.complete = 0

    def is_next_complete(self):
        ds, keys = ds_at_parent(self.child), ksks(self.server, self.child)
        if not ds or not keys or ds == self.ds or len(ds) != 1 or keys != ds:
            return False
        self.ds, self.complete = ds, self.complete + 1
        return True


class MainJob(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.first_ds = {zone(label): ds_at_parent(zone(label)) for label in MOVING}
        cls.began = time.monotonic()
        cls.dskeeper = Dskeeper()
        cls.journal = cls.enterClassContext(ParentJournal())
        cls.sampler = Sampler([zone(label) for label in [*SECURE, "first", "first2", "leave"]])
        cls.addClassCleanup(cls.dskeeper.end)
        with cls.sampler:
            wait_until("each child was asked for", 60, cls.sampler.has_begun)
            cls.dskeeper.start()
            cls.follow()
            cls.status = cls.dskeeper.end()
        cls.journal.read()

    @classmethod
    def follow(cls):
        """Until everything has happened that shall; the tests then look at what was left behind."""
        cls.tell("serve runs")
        wait_until("first.example. is held", 60, cls.is_outcome, "first", "hold")
        cls.tell("first.example. waits")
        wait_until("leave.example. has no DS", 60, lambda: ds_at_parent(zone("leave")) == set())
        cls.tell("leave.example. has left")
        for label in ("first", "first2"):
            wait_until(f"{label}.example. is secure", 120, is_secure, zone(label))
        cls.tell("first.example. is secure")
        for label in BROKEN:
            wait_until(f"{label}.example. is refused", 120, cls.is_outcome, label, "refuse")
        cls.tell("the broken ones are refused")
        roll, rollbind = Rollovers("roll"), Rollovers("rollbind")
        cls.await_rollovers({roll: 2, rollbind: 1})

    @classmethod
    def await_rollovers(cls, wanted):
        while open_ones := [r for r, count in wanted.items() if r.complete < count]:
            done = wait_until("a rollover completes", PATIENCE_S,
                              lambda: [r for r in open_ones if r.is_next_complete()])
            for one in done:
                cls.tell(f"{one.child} has rolled, {one.complete}")

    @classmethod
    def is_outcome(cls, label, outcome):
        if not cls.dskeeper.is_running():
            raise AssertionError(f"serve has ended:\n{cls.dskeeper.log()[-3000:]}")
        return cls.dskeeper.outcome(zone(label)) == outcome

    @classmethod
    def tell(cls, words):
        print(f"  {time.monotonic() - cls.began:6.1f} s  {words}", flush=True)

    def confirmed(self, label):
        return [states[-1] for states in self.dskeeper.changes(zone(label)).values()
                if states[-1]["state"] == "confirmed"]

    def test_serve_ends_in_peace(self):
        self.assertEqual(self.status, 0, self.dskeeper.log()[-3000:])
        self.assertNotRegex(self.dskeeper.log(), " error ")

    def test_no_child_was_ever_bogus(self):
        self.sampler.check(self)

    def test_first_ds_came_after_the_waiting_time(self):
        for label in ("first", "first2"):
            self.assertEqual(self.sampler.watches[zone(label)].sequences(),
                             {("insecure", "secure")})
            outcomes = [(entry["details"]["outcome"], entry["at"])
                        for entry in self.dskeeper.history(zone(label))
                        if entry["kind"] in ("look", "transition")]
            words = [word for word, _ in outcomes]
            self.assertEqual(words[0], "hold")
            self.assertIn("accept", words)
            accepted = outcomes[words.index("accept")][1]
            self.assertGreaterEqual(seconds(accepted) - seconds(outcomes[0][1]), 10)
            looks = [entry for entry in self.dskeeper.history(zone(label))
                     if entry["kind"] == "look"]
            self.assertGreaterEqual(len(looks), 3, "three looks before the first DS")

    def test_the_removal_ended_insecure(self):
        self.assertEqual(self.sampler.watches[zone("leave")].sequences(), {("secure", "insecure")})

    def test_secure_children_stayed_secure(self):
        for label in SECURE:
            self.assertEqual(self.sampler.watches[zone(label)].sequences(), {("secure",)})

    def test_broken_children_name_the_cause_and_change_nothing(self):
        for label, code in BROKEN.items():
            case = self.dskeeper.case(zone(label))
            self.assertEqual(case["outcome"], "refuse", label)
            self.assertIsNone(case["change"], label)
            self.assertIn(code, [finding["code"] for finding in case["findings"]], label)
        for label in ("split", "lame"):  # what time may heal is asked again first
            outcomes = [entry["details"]["outcome"] for entry in self.dskeeper.history(zone(label))
                        if entry["kind"] == "transition"]
            self.assertEqual(outcomes[:2], ["retry", "refuse"], label)

    def test_only_who_asked_was_changed(self):
        self.assertEqual(self.journal.changed(), {zone(label) for label in MOVING})
        for label in UNTOUCHED:
            self.assertEqual(self.dskeeper.changes(zone(label)), {}, label)
        for label in ("quiet", "silent", "silent3", "insync"):
            self.assertIsNone(self.dskeeper.case(zone(label)), label)

    def test_history_shows_each_change_queued_sent_confirmed(self):
        self.assertGreaterEqual(len(self.confirmed("roll")), 2)
        self.assertGreaterEqual(len(self.confirmed("rollbind")), 1)
        for label in MOVING:
            for change in list(self.dskeeper.changes(zone(label)).values()):
                # A change that is judged again before it leaves is told of again.
                steps = [state for state, _ in
                         itertools.groupby(details["state"] for details in change)]
                self.assertEqual(steps, ["queued", "sent", "confirmed"], change)

    def test_audit_verifies_every_kept_decision(self):
        done = self.dskeeper.run("audit", timeout=120)
        print("  " + done.stdout.strip().replace("\n", "\n  "))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        head = next(line.split("hash ")[1].rstrip(".") for line in
                    reversed(self.dskeeper.log().splitlines()) if "journal-head" in line)
        self.assertEqual(self.dskeeper.run("audit", "--head", head).returncode, 0)
        self.assertEqual(self.dskeeper.run("audit", "--head", "0" * 64).returncode, 1)

    def test_replay_under_the_same_policy_decides_the_same(self):
        done = self.dskeeper.run("replay", timeout=120, check=True)
        print("  " + done.stdout.strip().replace("\n", "\n  "))
        self.assertRegex(done.stdout, r"[1-9]\d* decisions judged again .*, 0 would come out otherwise")

    def test_the_parents_journal_agrees(self):
        for label in MOVING:
            child = zone(label)
            self.assertEqual(self.journal.ds_sets(child, self.first_ds[child]),
                             [frozenset(change["after"]) for change in self.confirmed(label)])


def seconds(text):
    return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


if __name__ == "__main__":
    labtest.main()
