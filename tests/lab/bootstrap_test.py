#!/usr/bin/python3 -B
"""Authenticated bootstrapping (issue 5): the child's side and the parent's, on real name servers.

`dskeeper signal` fills the signaling zones on Knot (as files) and BIND (by UPDATE); then one pass
secures the children that are signalled for, and refuses each other one for its own reason: rows 3 to
13 of the decision table (standards.md section 16).
"""

import subprocess
import unittest

import labtest
from labtest import (LAB, PARENT, Dskeeper, Server, configure, ds_at_parent, is_secure, records,
                     set_ds, wait_until)

KNOT, BIND, NSD = "127.0.3.1", "127.0.4.1", "127.0.5.1"
ZONE = 'zone    = "example."'
WAY = 'bootstrap   = ["delay"]'
SECURED = ["good.boot.", "goodbind.boot.", "worked.boot.", "again.boot."]
# What each operator signals for. All but the secured have something else that is wrong.
ON_KNOT = ["good.boot.", "again.boot.", "barred.boot."]
ON_NSD = ["worked.boot.", "half.boot.", "leave.boot.", "breaks.boot.", "stale.boot.",
          "algorithm.boot.", "digest.boot."]
ABORTS = [  # row, child, outcome, the first of its findings
    (3, "half.boot.", "retry", "server-refuses"),
    (4, "absent.boot.", "refuse", "signal-missing"),
    (5, "asking.boot.", "refuse", "signal-insecure"),
    (5, "bogus.boot.", "retry", "signal-bogus"),
    (5, "cut.boot.", "refuse", "signal-at-zone-cut"),
    (6, "inside.boot.", "refuse", "signals-impossible"),
    (8, "leave.boot.", "idle", None),
    (10, "barred.boot.", "refuse", "bootstrap-barred"),
    (11, "breaks.boot.", "refuse", "would-break"),
    (11, "stale.boot.", "refuse", "signature-expired"),
    (12, "algorithm.boot.", "refuse", "algorithm-not-acceptable"),
    (12, "digest.boot.", "refuse", "no-eligible-digest"),
    (13, "csync.boot.", "idle", None),
]


def control(server, *arguments):
    return subprocess.run([LAB / server / "ctl", *arguments], check=True, text=True,
                          capture_output=True).stdout


def codes(case):
    return [finding["code"] for finding in case["findings"]]


def first_code(case):
    return next(iter(codes(case)), None)


def variant(name, *ways, **replacements):
    """dskeeper on boot., with the ways to a first DS in their order."""
    listed = ", ".join(f'"{way}"' for way in ways)
    return Dskeeper(configure(name, zone=(ZONE, 'zone    = "boot."\nfacts   = "boot.csv"'),
                              ways=(WAY, f"bootstrap   = [{listed}]"), **replacements))


def is_signed(server, name):
    answer = labtest.ask(server, name, "CDS")
    return answer is not None and len(answer.answer) == 2


def signal_on_knot(dskeeper, primary, operator, children):
    """As files, for both hosts of the operator's; returns when they are served."""
    hosts = [f"ns{i}.{operator}.op" for i in (1, 2)]
    dskeeper.run("signal", "--primary", primary, "--host", hosts[0], "--host", hosts[1],
                 "--directory", str(LAB / "knot1/zones"), *children, check=True)
    for host in hosts:
        control("knot1", "zone-reload", f"_signal.{host}.")
        name = f"_dsboot.{children[0]}_signal.{host}."
        wait_until(f"{name} is signed", 60, is_signed, KNOT, name)


def signal_on_bind(dskeeper):
    """By UPDATE. For cut.boot. it cannot be done under one of the hosts: there stands a zone of its
    own with the same records, which it signs itself."""
    bind = ["signal", "--primary", BIND, "--host", "ns2.bind.op", "--update", BIND,
            "--update-key", "update."]
    dskeeper.run(*bind, "goodbind.boot", "cut.boot", check=True)
    dskeeper.run(*bind, "--host", "ns1.bind.op", "goodbind.boot", check=True)
    for name in ("goodbind.boot._signal.ns1.bind.op.", "goodbind.boot._signal.ns2.bind.op.",
                 "cut.boot._signal.ns2.bind.op."):
        wait_until(f"{name} is signed", 60, is_signed, BIND, f"_dsboot.{name}")


class Bootstrap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        (LAB / "boot.csv").write_text("name,bootstrap\nbarred.boot.,false\n")
        # Retries would be over before the test looks.
        cls.dskeeper = variant("boot", "authenticated",
                               retry=('retry       = ["1s", "2s", "4s"]', 'retry       = ["5m"]'))
        for child, server in [*((child, "127.0.3.2") for child in [*ON_KNOT, "absent.boot."]),
                              ("goodbind.boot.", "127.0.4.2"), ("cut.boot.", "127.0.4.2")]:
            wait_until(f"{child} asks", 60, records, server, child, "CDS")
        cls.before = cls.scanned("--dry-run")
        signal_on_knot(cls.dskeeper, KNOT, "knot", ON_KNOT)
        signal_on_knot(cls.dskeeper, NSD, "sure", ON_NSD)
        signal_on_bind(cls.dskeeper)
        Server("nsd2").down()
        cls.unreachable = cls.dskeeper.json_lines("explain", "--json", "worked.boot")[0]
        Server("nsd2").up()
        cls.after = cls.scanned()

    @classmethod
    def scanned(cls, *arguments):
        return {case["child"]: case
                for case in cls.dskeeper.json_lines("scan", "--json", *arguments)}

    def test_without_signals_nothing_is_accepted(self):
        for child in SECURED:
            with self.subTest(child=child):
                self.assertEqual(self.before[child]["outcome"], "refuse")
                self.assertIn("signal-missing", codes(self.before[child]))

    def test_a_signalled_child_is_secure_within_one_pass(self):
        """Row 2; worked.boot. has the shape of RFC 9615's own example, two hosts outside and one
        inside."""
        for child in SECURED:
            with self.subTest(child=child):
                self.assertEqual(self.after[child]["outcome"], "accept", self.after[child])
                self.assertIn("signals-confirm", codes(self.after[child]))
                if child == "again.boot.":
                    continue  # it has a test of its own
                self.assertEqual(self.dskeeper.case(child)["change"]["state"], "confirmed")
                self.assertEqual(ds_at_parent(child), frozenset(self.after[child]["ds"]))
                wait_until(f"{child} is secure", 20, is_secure, child)

    def test_each_abort_is_named(self):
        for row, child, outcome, code in ABORTS:
            with self.subTest(row=row, child=child):
                case = self.after[child]
                self.assertEqual(case["outcome"], outcome, case)
                self.assertEqual(first_code(case), code, case)
                self.assertEqual(ds_at_parent(child), frozenset())

    def test_row_3_an_apex_server_that_cannot_be_reached(self):
        """Nothing else is wrong with worked.boot., which the pass after that secures."""
        self.assertEqual(self.unreachable["outcome"], "retry", self.unreachable)
        self.assertEqual(first_code(self.unreachable), "server-silent")
        self.assertIn("127.0.5.2", self.unreachable["findings"][0]["text"])

    def test_row_7_no_signals_and_a_policy_that_lists_the_delay(self):
        both = variant("delayed", "authenticated", "delay")
        case = both.json_lines("explain", "--json", "absent.boot")[0]
        self.assertEqual(case["outcome"], "hold", case)
        self.assertIn("signals-not-used", codes(case))
        self.assertIn("hold-running", codes(case))

    def test_row_9_signals_do_not_end_a_suspension(self):
        child = "again.boot."
        wait_until(f"{child} is secure", 20, is_secure, child)
        asked = self.after[child]["ds"]
        self.dskeeper.run("scan", child, check=True)
        set_ds(child)
        for _ in range(2):  # found out, and remembered
            self.dskeeper.run("scan", child, check=True)
            case = self.dskeeper.case(child)
            self.assertEqual(case["outcome"], "suspended", case)
            self.assertIn("suspended", codes(case))
            self.assertEqual(ds_at_parent(child), frozenset())
        set_ds(child, *asked)  # by any channel
        self.dskeeper.run("scan", child, check=True)
        self.assertEqual(self.dskeeper.outcome(child), "in-sync", self.dskeeper.case(child))

    def test_row_13_an_unsigned_delegation_follows_no_csync(self):
        self.assertEqual(len(records(NSD, "csync.boot.", "CSYNC")), 1)
        parent = labtest.ask(PARENT, "csync.boot.", "NS", flags=0)
        self.assertEqual({record.to_text() for rrset in parent.authority for record in rrset
                          if rrset.rdtype == labtest.dns.rdatatype.NS},
                         {"ns1.sure.op.", "ns2.sure.op."})

    def test_the_finding_names_server_and_cause(self):
        text = next(finding["text"] for finding in self.after["absent.boot."]["findings"]
                    if finding["code"] == "signal-missing")
        self.assertIn("_dsboot.absent.boot._signal.ns1.knot.op.", text)

    def test_explain_shows_the_signals_beside_the_apex(self):
        text = self.dskeeper.run("explain", "cut.boot", check=True).stdout
        self.assertIn("_dsboot.cut.boot._signal.ns1.bind.op.", text)
        self.assertIn("at the apex    ns1.bind.op. ", text)
        self.assertIn("signalled at   ns1.bind.op., ns2.bind.op.", text)

    def test_the_decision_is_verified_again_offline(self):
        done = self.dskeeper.run("audit", check=True)
        self.assertIn("boot.", done.stdout)


if __name__ == "__main__":
    labtest.main()
