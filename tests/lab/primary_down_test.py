#!/usr/bin/python3 -B
"""The parent's primary is down for longer than a child's next rollover: what is sent afterwards is
judged anew, so that a request which was replaced meanwhile never reaches the parent.

dskeeper reads example. from the secondary, so that it goes on looking, deciding and trying to send
while the primary is away; the lab's own configuration, which reads from the primary, would be blind.
"""

import time
import unittest

import labtest
from labtest import Dskeeper, Server, configure, ds_at_parent, is_secure, records, wait_until
from labtest import PARENT2
from offline import OfflineChild
from parent_journal import ParentJournal
from sampler import Sampler

DOWN_S = 40  # roll.example. rolls every 30 seconds
ALL = ["roll", "rollbind", "silent", "silent3", "insync"]
NEW_DS = {"roll": 2, "rollbind": 1}  # seen after that; the first of roll's was due meanwhile
SOURCE = 'source  = { axfr = "127.0.2.1", key = "transfer." }'
PATIENCE_S = 150


def zone(label):
    return f"{label}.example."


class PrimaryDown(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.began = time.monotonic()
        cls.dskeeper = Dskeeper(configure("down", source=(SOURCE, SOURCE.replace(".2.1", ".2.2"))))
        cls.first_ds = {label: ds_at_parent(zone(label)) for label in ALL}
        # insync asks for A and then for B, silent for A and then for what stands: for nothing.
        cls.changing, cls.returning = OfflineChild("insync"), OfflineChild("silent")
        cls.changing.add_key()
        cls.changing.ask_for(0)
        cls.journal = cls.enterClassContext(ParentJournal())
        cls.addClassCleanup(cls.dskeeper.end)
        with Sampler([zone(label) for label in ALL]) as cls.sampler:
            wait_until("each child was asked for", 60, cls.sampler.has_begun)
            cls.dskeeper.start()
            wait_until("a first pass", 60, lambda: "pass-ended" in cls.dskeeper.log())
            cls.follow()
            cls.status = cls.dskeeper.end()
        cls.journal.read()

    @classmethod
    def follow(cls):
        primary = Server("parent")
        primary.down()
        down_since, cls.down_from = time.monotonic(), time.time()
        cls.tell("the primary is down")
        for child in (cls.changing, cls.returning):
            child.ask_for(1)
            wait_until(f"{child.zone}'s change was tried", 60, cls.was_tried, child)
        cls.tell("A was decided, and could not be sent")
        cls.changing.ask_for(2)
        cls.returning.ask_for(0)
        wait_until("B is decided", 60, cls.is_queued, cls.changing)
        wait_until("nothing is asked any more", 60,
                   lambda: cls.dskeeper.outcome(cls.returning.zone) == "in-sync")
        cls.tell("B was decided")
        # Not a wait for something to happen: the time itself is what is tested.
        time.sleep(max(0.0, down_since + DOWN_S - time.monotonic()))
        assert cls.dskeeper.is_running(), cls.dskeeper.log()[-3000:]
        primary.up()
        cls.down_to = time.time()
        cls.tell("the primary is up again")
        wait_until("B stands", 60, lambda: ds_at_parent(cls.changing.zone) == cls.changing.asked)
        cls.tell("B stands")
        cls.seen = {label: [] for label in NEW_DS}
        wait_until(f"rollovers go on, {NEW_DS} new DS", PATIENCE_S, cls.has_rolled)
        cls.tell("rollovers go on")
        wait_until("no change is open", 60, lambda: cls.dskeeper.json_lines(
            "status", "--json")[0]["open_changes"] == 0)
        wait_until("the secondary has caught up", 30, lambda: all(
            records(PARENT2, zone(label), "DS") == ds_at_parent(zone(label)) for label in ALL))

    @classmethod
    def has_rolled(cls):
        for label, seen in cls.seen.items():
            ds = ds_at_parent(zone(label))
            if ds and ds not in [cls.first_ds[label], *seen]:
                seen.append(ds)
                cls.tell(f"{label}.example. has a new DS")
        return all(len(seen) >= NEW_DS[label] for label, seen in cls.seen.items())

    @classmethod
    def open_change(cls, child):
        """The details of the child's change that has not ended, as the journal has them last."""
        changes = list(cls.dskeeper.changes(child.zone).values())
        if not changes or changes[-1][-1]["state"] in ("confirmed", "failed"):
            return None
        return changes[-1][-1] if frozenset(changes[-1][-1]["after"]) == child.asked else None

    @classmethod
    def is_queued(cls, child):
        return cls.open_change(child) is not None

    @classmethod
    def was_tried(cls, child):
        change = cls.open_change(child)
        return change is not None and change["reason"]

    @classmethod
    def tell(cls, words):
        print(f"  {time.monotonic() - cls.began:6.1f} s  {words}", flush=True)

    def sets(self, child):
        return self.journal.ds_sets(child, self.first_ds[child.split(".")[0]])

    def test_only_what_was_asked_last_reached_the_parent(self):
        self.assertEqual(self.sets(self.changing.zone), [self.changing.ds_of(2)])
        self.assertEqual(self.sets(self.returning.zone), [])

    def test_what_was_replaced_ended_as_superseded(self):
        for child in (self.changing, self.returning):
            old = [steps for steps in self.dskeeper.changes(child.zone).values()
                   if frozenset(steps[0]["after"]) == child.ds_of(1)]
            self.assertTrue(old, child.zone)
            for steps in old:
                self.assertEqual(steps[-1]["state"], "failed", child.zone)
                self.assertIn("superseded", steps[-1]["reason"], child.zone)

    def test_the_parent_went_through_exactly_the_confirmed_changes(self):
        for label in ALL:
            confirmed = [entry["details"] for entry in self.dskeeper.history(zone(label))
                         if entry["kind"] == "change" and
                         entry["details"]["state"] == "confirmed"]
            self.assertEqual(self.sets(zone(label)),
                             [frozenset(change["after"]) for change in confirmed], label)

    def test_no_child_was_ever_bogus(self):
        # With one of the parent's two servers away, Unbound may take longer than we wait.
        self.sampler.check(self, silence_from=self.down_from, silence_to=self.down_to)
        for label in ALL:
            states = set(self.sampler.watches[zone(label)].states)
            self.assertLessEqual(states, {"secure", "timeout"}, label)

    def test_serve_lived_on(self):
        self.assertEqual(self.status, 0)

    def test_the_replaced_child_is_secure(self):
        self.assertTrue(is_secure(self.changing.zone))


if __name__ == "__main__":
    labtest.main()
