#!/usr/bin/python3 -B
"""The commands on the lab's real name servers: JSON as the contract has it, the sinks that are no
name server, and a parent that refuses. Run by tests/lab/run."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab"))
import labtest  # noqa: E402
from case_json import TIME, Checker  # noqa: E402
from labtest import LAB, Dskeeper, configure, ds_at_parent, wait_until  # noqa: E402

SOURCE = 'source  = { axfr = "127.0.2.1", key = "transfer." }'
SINK = 'sink    = { dns-update = "127.0.2.1", key = "update." }'
CONFIRM = 'confirm = ["127.0.2.1", "127.0.2.2"]\n'
ZONE_FILE = 'source  = { zone-file = "example.zone" }'
CHILDREN = {f"{label}.example." for label in (
    "roll", "first", "first2", "rollbind", "quiet", "silent", "silent3", "insync", "leave",
    "split", "breaks", "zsk", "stale", "lame")}
ENDS = {"quiet": "idle", "silent": "idle", "silent3": "idle", "insync": "in-sync",
        "breaks": "refuse", "zsk": "refuse", "stale": "refuse", "leave": "accept",
        "first": "hold", "first2": "hold", "lame": "retry"}
CHANGE_FIELDS = ["id", "child", "parent", "request", "before", "after", "ttl", "restore_ttl",
                 "hosts", "request_id", "revision", "state", "queued_at", "judged_at", "sent_at",
                 "taken_at", "is_uncertain", "ended_at", "is_shown", "is_released", "attempts", "reason"]


def zone_variant(name, sink):
    """A configuration that reads the lab's zone file and writes nothing to a name server."""
    return Dskeeper(configure(name, source=(SOURCE, ZONE_FILE), sink=(SINK, f"sink = {sink}"),
                              confirm=(CONFIRM, "")))


class Json(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dskeeper = zone_variant("json", "{ none = true }")

    def check_cases(self, cases, what):
        self.assertEqual(sorted(case["child"] for case in cases), sorted(CHILDREN), what)
        for case in cases:
            Checker(self, f"{what} of {case['child']}").check(case)

    def outcomes(self, cases):
        found = {case["child"].split(".")[0]: case["outcome"] for case in cases}
        return {label: found[label] for label in ENDS}

    def test_dry_run_scan_status_and_explain(self):
        dry = self.dskeeper.json_lines("scan", "--json", "--dry-run")
        self.check_cases(dry, "scan --dry-run")
        self.assertIsNone(self.dskeeper.case("breaks.example."), "a dry run writes nothing")
        real = self.dskeeper.json_lines("scan", "--json")
        self.check_cases(real, "scan")
        self.assertEqual(self.outcomes(real), ENDS)
        self.assertEqual(self.outcomes(dry), ENDS)
        for case in real:
            stored = self.dskeeper.case(case["child"])
            if stored is not None:
                Checker(self, f"status of {case['child']}").check(stored)
                self.assertEqual(stored["outcome"], case["outcome"], case["child"])
            elif case["outcome"] not in ("idle", "in-sync"):
                self.fail(f"the store knows nothing of {case['child']}")
        explained = [self.dskeeper.json_lines("explain", "--json", child)[0]
                     for child in sorted(CHILDREN)]
        self.check_cases(explained, "explain")
        self.assertEqual(explained[sorted(CHILDREN).index("split.example.")]["outcome"], "retry")
        self.check_counts()
        self.check_history()

    def check_counts(self):
        counts = self.dskeeper.json_lines("status", "--json")
        self.assertEqual([list(line) for line in counts],
                         [["parent", "cases", "open_changes", "last_pass", "breakers", "pass_under_way"]])
        self.assertEqual(counts[0]["parent"], "example.")
        self.assertEqual(counts[0]["last_pass"]["children"], len(CHILDREN))
        for field in ("started_at", "ended_at"):
            self.assertRegex(counts[0]["last_pass"][field], TIME)

    def check_history(self):
        for child in ("leave.example.", "first.example.", "breaks.example."):
            entries = self.dskeeper.history(child)
            numbers = [entry["number"] for entry in entries]
            self.assertEqual(numbers, sorted(set(numbers)))
            for entry in entries:
                self.assertEqual(list(entry), ["number", "parent", "child", "at", "kind",
                                               "summary", "details", "hash"])
                self.assertRegex(entry["at"], TIME)
                self.check_times(entry["details"])

    def check_times(self, details):
        """The contract: all times in RFC 3339, also those of details."""
        for field, value in details.items():
            if field.endswith("_at") and value is not None:
                self.assertRegex(str(value), TIME, field)

    def test_scan_of_named_children(self):
        cases = self.dskeeper.json_lines("scan", "--json", "split.example", "insync.example.")
        self.assertEqual({case["child"]: case["outcome"] for case in cases},
                         {"split.example.": "retry", "insync.example.": "in-sync"})
        done = self.dskeeper.run("scan", "www.silent.example")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("www.silent.example.", done.stderr)


class ZoneFileSink(unittest.TestCase):
    def test_writes_every_set_and_confirms_by_the_source(self):
        dskeeper = zone_variant("zonefile", '{ zone-file = "ds.zone" }')
        first = (LAB / "example.zone").read_text()
        self.addCleanup((LAB / "example.zone").write_text, first)
        dskeeper.run("scan", check=True)
        wanted = {line.split()[0] for line in first.splitlines() if line.split()[3:4] == ["DS"]}
        self.assertEqual(self.owners(), wanted - {"leave.example."})
        self.assertIn("; revision ", (LAB / "ds.zone").read_text())
        self.assertEqual(dskeeper.case("leave.example.")["change"]["state"], "sent")
        # Somebody makes the parent zone with it.
        (LAB / "example.zone").write_text("".join(
            line + "\n" for line in first.splitlines()
            if line.split()[:1] != ["leave.example."] or line.split()[3] not in ("DS", "RRSIG")))
        dskeeper.run("scan", check=True)
        self.assertEqual(dskeeper.case("leave.example.")["change"]["state"], "confirmed")
        self.wait_for_first_ds(dskeeper)
        self.assertEqual(self.owners(), wanted - {"leave.example."} | {"first.example.",
                                                                       "first2.example."})

    def wait_for_first_ds(self, dskeeper):
        """Scans until the waiting time is over, as a timer of the system would."""
        def is_sent():
            dskeeper.run("scan", "first.example", "first2.example", check=True)
            return {"first.example.", "first2.example."} <= self.owners()
        wait_until("the first DS sets are in the file", 60, is_sent)

    def owners(self):
        return {line.split()[0] for line in (LAB / "ds.zone").read_text().splitlines()
                if line.strip() and not line.startswith(";") and " DS " in f" {line} "}


class CommandSink(unittest.TestCase):
    def variant(self, name, script):
        path = LAB / f"{name}.sh"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return zone_variant(name, f'{{ command = ["{path}", "{LAB}/{name}.seen"] }}')

    def test_gets_each_change_as_json(self):
        dskeeper = self.variant("taken", 'cat >>"$1"')
        dskeeper.run("scan", check=True)
        changes = self.seen("taken", "leave.example.")
        self.assertEqual(len(changes), 1)
        change = changes[0]
        self.assertEqual(list(change), CHANGE_FIELDS)
        self.assertEqual((change["child"], change["request"], change["after"], change["state"]),
                         ("leave.example.", "delete", [], "sent"))
        self.assertEqual(len(change["before"]), 1)
        for field in ("queued_at", "judged_at", "sent_at"):
            self.assertRegex(str(change[field]), TIME)
        dskeeper.run("scan", check=True)
        again = {change["id"] for change in self.seen("taken", "leave.example.")}
        self.assertEqual(again, {change["id"]}, "at least once, with a stable id")

    def seen(self, name, child):
        """What the command was given for the child; another one may be rolling its key."""
        lines = (LAB / f"{name}.seen").read_text().splitlines()
        return [change for change in map(json.loads, lines) if change["child"] == child]

    def test_that_says_later_is_asked_again(self):
        dskeeper = self.variant("later", 'cat >>"$1"; echo busy >&2; exit 75')
        dskeeper.run("scan")
        change = dskeeper.case("leave.example.")["change"]
        self.assertEqual(change["state"], "queued")
        self.assertIn("busy", change["reason"])

    def test_that_fails(self):
        dskeeper = self.variant("fails", 'cat >>"$1"; echo never >&2; exit 1')
        dskeeper.run("scan")
        change = dskeeper.case("leave.example.")["change"]
        self.assertEqual(change["state"], "failed")
        self.assertIn("never", change["reason"])


class Refused(unittest.TestCase):
    """A parent that does not let itself be read, or changed."""

    def assert_unread(self, dskeeper, *words):
        done = dskeeper.run("scan")
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        for word in ("127.0.2.1", *words):
            self.assertIn(word, done.stderr)
        counts = dskeeper.json_lines("status", "--json")[0]
        self.assertEqual((counts["cases"], counts["open_changes"], counts["last_pass"]),
                         ({}, 0, None))

    def test_transfer_with_a_key_that_may_not(self):
        source = SOURCE.replace("transfer.", "update.")
        self.assert_unread(Dskeeper(configure("axfr-other", source=(SOURCE, source))), "key")

    def test_transfer_with_the_wrong_secret(self):
        wrong = LAB / "keys" / "wrong.key"
        wrong.write_text("d3JvbmctLXdyb25nLS13cm9uZy0td3JvbmctLXdyb24=\n")
        wrong.chmod(0o600)
        self.assert_unread(Dskeeper(configure("axfr-wrong", key=("keys/transfer.key",
                                                                  "keys/wrong.key"))), "BADSIG")

    def test_transfer_without_a_key(self):
        source = 'source  = { axfr = "127.0.2.1", unauthenticated = true }'
        self.assert_unread(Dskeeper(configure("axfr-none", source=(SOURCE, source))))

    def test_update_with_a_key_that_may_not(self):
        sink = SINK.replace('"update."', '"transfer."')
        dskeeper = Dskeeper(configure("update-other", sink=(SINK, sink)))
        before = ds_at_parent("leave.example.")
        dskeeper.run("scan")
        change = dskeeper.case("leave.example.")["change"]
        self.assertIn(change["state"], ("queued", "sent"))
        self.assertIn("key", change["reason"])
        self.assertEqual(ds_at_parent("leave.example."), before)


if __name__ == "__main__":
    labtest.main()
