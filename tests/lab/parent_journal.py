"""The parent's own journal: which DS sets each delegation has had, as its server wrote them down.

This is the witness that dskeeper does not write. Knot keeps its last changes only, so that a
thread reads them every few seconds and keeps them by their serials.
"""

import re
import subprocess
import threading

from labtest import LAB, PARENT, ask, ds_text

READ_EVERY_S = 2.0
HEAD = re.compile(r";; Changes between zone versions: (\d+) -> (\d+)")


def parse(text):
    """{serial before: (serial after, [(child, was added, DS)])}"""
    steps, current, is_added = {}, None, False
    for line in text.splitlines():
        if head := HEAD.match(line):
            current = []
            steps[int(head.group(1))] = (int(head.group(2)), current)
        elif line.startswith(";; "):
            is_added = line == ";; Added"
        elif current is not None:
            owner, _, rdtype, rdata = line.split(None, 3)
            if rdtype == "DS":
                current.append((owner, is_added, ds_text(rdata)))
    return steps


class ParentJournal:
    """Follows the journal from `with` on; the zone must not have changed before dskeeper runs."""

    def __init__(self, zone="example."):
        self.zone, self.steps = zone, {}
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.follow, daemon=True)

    def __enter__(self):
        self.read()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    def follow(self):
        while not self.stopped.wait(READ_EVERY_S):
            self.read()

    def read(self):
        command = ["kjournalprint", "-n", "-c", LAB / "parent" / "knot.conf", self.zone]
        done = subprocess.run(command, text=True, capture_output=True, timeout=60)
        self.steps |= parse(done.stdout)

    def serial(self):
        answer = ask(PARENT, self.zone, "SOA")
        return answer.answer[0][0].serial if answer else None

    def ds_sets(self, child, first):
        """The DS sets after the set `first` that the delegation has had, in order."""
        sets, current, serial = [], set(first), min(self.steps)
        while serial in self.steps:
            serial, changes = self.steps[serial]
            own = [(is_added, ds) for owner, is_added, ds in changes if owner == child]
            current -= {ds for is_added, ds in own if not is_added}
            current |= {ds for is_added, ds in own if is_added}
            if own:
                sets.append(frozenset(current))
        if serial != self.serial():
            raise AssertionError(f"the journal has a gap at serial {serial}: {sorted(self.steps)}")
        return sets

    def changed(self):
        """The children whose DS set was ever changed."""
        return {owner for _, changes in self.steps.values() for owner, _, _ in changes}
