#!/usr/bin/python3 -B
"""Authenticated bootstrapping (issue 5): the child's side and the parent's, on real name servers.

`dskeeper signal` fills the signaling zones on Knot (as files) and BIND (by UPDATE); then one pass
secures the children that are signalled for, and refuses each other one for its own reason.
"""

import re
import subprocess
import unittest

import labtest
from labtest import LAB, Dskeeper, configure, ds_at_parent, is_secure, records, wait_until

KNOT, BIND, NSD = "127.0.3.1", "127.0.4.1", "127.0.5.1"
SIGNALLED = ["good.boot.", "goodbind.boot."]
ABORTS = {  # child: (outcome, what its findings name)
    "absent.boot.": ("refuse", "signal-missing"),  # row 4
    "asking.boot.": ("refuse", "signal-insecure"),  # row 5
    "bogus.boot.": ("retry", "signal-bogus"),  # row 5
    "inside.boot.": ("refuse", "signals-impossible"),  # row 6
    "half.boot.": ("refuse", "server-refuses"),  # row 3, beside row 5
    "breaks.boot.": ("refuse", "would-break"),  # row 11
    "cut.boot.": ("refuse", "signal-at-zone-cut"),
    "leave.boot.": ("idle", None),  # row 8
}


def control(server, *arguments):
    return subprocess.run([LAB / server / "ctl", *arguments], check=True, text=True,
                          capture_output=True).stdout


def codes(case):
    return [finding["code"] for finding in case["findings"]]


class Bootstrap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Retries would be over before the test looks.
        cls.configuration = configure(
            "boot", zone=('zone    = "example."', 'zone    = "boot."'),
            ways=('bootstrap   = ["delay"]', 'bootstrap   = ["authenticated"]'),
            retry=('retry       = ["1s", "2s", "4s"]', 'retry       = ["5m"]'))
        cls.dskeeper = Dskeeper(cls.configuration)
        for child, server in [("good.boot.", "127.0.3.2"), ("absent.boot.", "127.0.3.2"),
                              ("goodbind.boot.", "127.0.4.2"), ("cut.boot.", "127.0.4.2")]:
            wait_until(f"{child} asks", 60, records, server, child, "CDS")
        cls.before = {case["child"]: case
                      for case in cls.dskeeper.json_lines("scan", "--dry-run", "--json")}
        cls.signal()
        cls.scan = cls.dskeeper.run("scan", "--json", check=True).stdout
        cls.after = {case["child"]: case
                     for case in map(labtest.json.loads, cls.scan.splitlines())}

    @classmethod
    def signal(cls):
        """What the children's operators do. For cut.boot. they cannot under one of the hosts, where a
        secure zone of its own stands, which has no such records."""
        knot = ["signal", "--primary", KNOT, "--host", "ns1.knot.op", "--host", "ns2.knot.op"]
        cls.dskeeper.run(*knot, "--directory", str(LAB / "knot1/zones"), "good.boot", check=True)
        for i in (1, 2):
            control("knot1", "zone-reload", f"_signal.ns{i}.knot.op.")
        bind = ["signal", "--primary", BIND, "--host", "ns2.bind.op", "--update", BIND,
                "--update-key", "update."]
        cls.dskeeper.run(*bind, "goodbind.boot", "cut.boot", check=True)
        cls.dskeeper.run(*bind, "--host", "ns1.bind.op", "goodbind.boot", check=True)
        for server, child, host in [(KNOT, "good.boot", "ns1.knot.op"),
                                    (KNOT, "good.boot", "ns2.knot.op"),
                                    (BIND, "goodbind.boot", "ns1.bind.op"),
                                    (BIND, "goodbind.boot", "ns2.bind.op"),
                                    (BIND, "cut.boot", "ns2.bind.op")]:
            name = f"_dsboot.{child}._signal.{host}."
            wait_until(f"{name} is signed", 60, cls.is_signed, server, name)

    @staticmethod
    def is_signed(server, name):
        answer = labtest.ask(server, name, "CDS")
        return answer is not None and len(answer.answer) == 2

    def test_without_signals_nothing_is_accepted(self):
        for child in SIGNALLED:
            with self.subTest(child=child):
                self.assertEqual(self.before[child]["outcome"], "refuse")
                self.assertIn("signal-missing", codes(self.before[child]))

    def test_a_signalled_child_is_secure_within_one_pass(self):
        for child in SIGNALLED:
            with self.subTest(child=child):
                case = self.dskeeper.case(child)
                self.assertEqual(case["change"]["state"], "confirmed", case)
                self.assertEqual(self.after[child]["outcome"], "accept")
                self.assertIn("signals-confirm", codes(self.after[child]))
                self.assertEqual(ds_at_parent(child), frozenset(self.after[child]["ds"]))
                wait_until(f"{child} is secure", 20, is_secure, child)

    def test_each_abort_is_named(self):
        for child, (outcome, code) in ABORTS.items():
            with self.subTest(child=child):
                case = self.after[child]
                self.assertEqual(case["outcome"], outcome, case)
                if code:
                    self.assertIn(code, codes(case))
                self.assertEqual(ds_at_parent(child), frozenset())

    def test_the_finding_names_server_and_cause(self):
        text = next(finding["text"] for finding in self.after["absent.boot."]["findings"]
                    if finding["code"] == "signal-missing")
        self.assertIn("_dsboot.absent.boot._signal.ns1.knot.op.", text)

    def test_explain_shows_the_signals_beside_the_apex(self):
        text = self.dskeeper.run("explain", "cut.boot", check=True).stdout
        self.assertIn("_dsboot.cut.boot._signal.ns1.bind.op.", text)
        self.assertIn("at the apex    ns1.bind.op. ", text)
        self.assertIn("signalled at   ns2.bind.op.", text)

    def test_the_decision_is_verified_again_offline(self):
        done = self.dskeeper.run("audit", check=True)
        self.assertIn("boot.", done.stdout)

    def test_with_a_wrong_trust_anchor_nothing_is_accepted(self):
        anchor = (LAB / "root.key").read_text()
        (LAB / "wrong.key").write_text(re.sub(r"\S{8}\n", "00000000\n", anchor))
        wrong = configure("wrong", zone=('zone    = "example."', 'zone    = "boot."'),
                          ways=('bootstrap   = ["delay"]', 'bootstrap   = ["authenticated"]'),
                          anchor=('trust-anchor = "root.key"', 'trust-anchor = "wrong.key"'))
        case = Dskeeper(wrong).json_lines("explain", "--json", "absent.boot")[0]
        self.assertEqual(case["outcome"], "retry", case)
        # Not one address of its name servers validates either.
        self.assertTrue({"signal-bogus", "server-not-resolved"} & set(codes(case)), case)


if __name__ == "__main__":
    labtest.main()
