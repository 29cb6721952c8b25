#!/usr/bin/python3 -B
"""The operator's commands, and a source that loses more than can be meant, where nobody answers."""

import json
import unittest

from clitest import CliTest, zone_text

CHILD = "c0000.example."


class SourceThatLies(CliTest):
    """design.md: more vanished DS or delegations than the breaker's share are its fault."""

    def setUp(self):
        super().setUp()
        self.write("example.zone", zone_text(100))
        self.assertEqual(self.run_dskeeper("scan").returncode, 0)

    def cases(self):
        return self.counts()["cases"]

    def test_vanished_delegations_stop_everything(self):
        before = self.cases()
        self.write("example.zone", zone_text(50))
        for command in (["scan"], ["scan", "--dry-run"], ["explain", CHILD]):
            with self.subTest(command=command):
                done = self.run_dskeeper(*command)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("50 of the 100 delegations", done.stderr)
                self.assertIn("resume --breaker example.", done.stderr)
        self.assertEqual(self.cases(), before)

    def test_vanished_ds_suspend_nobody(self):
        text = "\n".join(line for line in zone_text(100).splitlines() if " DS " not in line)
        self.write("example.zone", text + "\n")
        done = self.run_dskeeper("scan")
        self.assertEqual(done.returncode, 1)
        self.assertIn("100 of the 100 DS sets", done.stderr)
        self.assertNotIn("suspended", self.cases())

    def test_a_person_may_say_that_it_is_right(self):
        self.write("example.zone", zone_text(50))
        self.assertEqual(self.run_dskeeper("resume", "--breaker", "example.").returncode, 0)
        done = self.run_dskeeper("scan")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.write("example.zone", zone_text(1))
        self.assertEqual(self.run_dskeeper("scan").returncode, 1, "it was said of one reading only")

    def test_serve_goes_on_with_what_it_knows(self):
        self.spawn("serve")
        self.wait_for_log("pass-ended")
        self.write("example.zone", zone_text(50))
        self.wait_for_log("50 of the 100 delegations")
        self.run_dskeeper("resume", "--breaker", "example.")
        self.wait_for_log("A pass over 50 delegations")

    def test_a_few_that_vanish_are_believed(self):
        self.write("example.zone", zone_text(95))
        done = self.run_dskeeper("scan")
        self.assertEqual(done.returncode, 0, done.stderr)
        history = self.run_dskeeper("history", "c0099.example.").stdout
        self.assertIn("no longer delegates", history)


class Acts(CliTest):
    def case(self):
        done = self.run_dskeeper("status", "--json", CHILD)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_suspend_is_in_the_journal_with_reason_and_actor(self):
        done = self.run_dskeeper("suspend", CHILD, "--reason", "the owner is in court")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.run_dskeeper("scan").returncode, 0)
        self.assertEqual(self.case()["outcome"], "suspended")
        acts = [json.loads(line) for line in
                self.run_dskeeper("history", "--json", CHILD).stdout.splitlines()]
        acts = [entry for entry in acts if entry["kind"] == "act"]
        self.assertEqual(len(acts), 1, "once, however often it is scanned")
        self.assertIn("the owner is in court", acts[0]["summary"])
        self.assertEqual(self.run_dskeeper("scan").returncode, 0)
        self.assertEqual(self.run_dskeeper("resume", CHILD).returncode, 0)
        self.assertEqual(self.run_dskeeper("scan").returncode, 0)
        self.assertNotEqual(self.case()["outcome"], "suspended")

    def test_bad_input(self):
        for arguments, status, words in [
                (["suspend", CHILD], 2, "--reason"),
                (["suspend", CHILD, "--reason", " "], 1, "--reason"),
                (["suspend", CHILD, "--reason", "two\nlines"], 1, "one line"),
                (["suspend", "kid.other.", "--reason", "because"], 1, "no configured parent"),
                (["resume"], 2, "--breaker"),
                (["resume", CHILD, "--breaker", "example."], 2, "not both"),
                (["resume", "--breaker", "other."], 1, "no configured parent"),
                (["resume", "--breaker", "example.", "--kind", "delet"], 1, "bootstrap, update"),
                (["approve", CHILD], 2, "--request"),
                (["approve", CHILD, "--request", "00"], 1, "asks for nothing"),
        ]:
            with self.subTest(arguments=arguments):
                done = self.run_dskeeper(*arguments)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn(words, done.stderr)
                self.assertEqual(done.stdout, "")

    def test_an_act_waits_for_who_works_on_the_zone(self):
        process = self.spawn("serve")
        self.wait_for_log("pass-ended")
        done = self.run_dskeeper("suspend", CHILD, "--reason", "a test")
        self.assertIn("the dskeeper that works on the zone obeys", done.stdout)
        self.wait_for_log("act-obeyed")
        self.assertEqual(self.case()["outcome"], "suspended")
        self.assertIsNone(process.poll(), self.log())


class VantagePoints(CliTest):
    def test_a_source_address_that_is_not_ours(self):
        self.write("dskeeper.toml", self.configuration.read_text() +
                   '[[vantage]]\nname = "east"\nsource-addresses = ["192.0.2.77"]\n')
        for command in ("scan", "serve"):
            self.assert_refused(self.run_dskeeper(command), 1, '"east"', "192.0.2.77")


if __name__ == "__main__":
    unittest.main(verbosity=2)
