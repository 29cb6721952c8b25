#!/usr/bin/python3 -B
"""The operator's commands, and a source that loses more than can be meant, where nobody answers."""

import json
import selectors
import socket
import sqlite3
import threading
import unittest

from clitest import SERVER, CliTest, zone_text

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


class Refusing:
    """Servers that answer each question over UDP with REFUSED, until they are closed."""

    def __init__(self, addresses):
        self.sockets = selectors.DefaultSelector()
        self.wake, self.woken = socket.socketpair()
        self.sockets.register(self.woken, selectors.EVENT_READ)
        for address in addresses:
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.bind((address, 53))
            self.sockets.register(udp, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self.answer, daemon=True)
        self.thread.start()

    def answer(self):
        while True:
            for key, _ in self.sockets.select():
                if key.fileobj is self.woken:
                    return
                query, client = key.fileobj.recvfrom(4096)
                key.fileobj.sendto(query[:2] + b"\x80\x05" + query[4:], client)

    def close(self):
        self.wake.close()
        self.thread.join()
        for key in list(self.sockets.get_map().values()):
            key.fileobj.close()
        self.sockets.close()


class OwnOutage(CliTest):
    """design.md: a pass in which too many addresses are silent says more about us than about them."""

    ADDRESSES = [f"127.0.9.{number}" for number in range(101, 121)]

    def setUp(self):
        super().setUp()
        text = zone_text(len(self.ADDRESSES))
        for number, address in enumerate(self.ADDRESSES):
            text = text.replace(f"ns1.c{number:04}.example. A {SERVER}",
                                f"ns1.c{number:04}.example. A {address}")
        self.write("example.zone", text)

    def serve(self, addresses):
        self.addCleanup(Refusing(addresses).close)

    def test_nobody_answers_and_no_look_counts(self):
        done = self.run_dskeeper("scan")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("20 looks do not count: 20 of 20 IPv4 addresses gave no answer", done.stderr)
        self.assertEqual(self.counts()["cases"], {})
        self.assertIn("did not count", self.run_dskeeper("status").stdout)

    def test_a_fifth_is_the_childrens_own_fault(self):
        self.serve(self.ADDRESSES[4:])
        done = self.run_dskeeper("scan")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.counts()["cases"], {"retry": 20})

    def test_more_is_not(self):
        self.serve(self.ADDRESSES[5:])
        done = self.run_dskeeper("scan")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("5 of 20 IPv4 addresses", done.stderr)

    def test_serve_says_so_once_and_uses_up_nothing(self):
        self.spawn("serve")
        self.wait_for_log("pass-void")
        self.wait_for_log("pass-ended")
        self.assertEqual(self.counts()["cases"], {})

    def test_a_clock_before_the_journal_stops_everything(self):
        self.serve(self.ADDRESSES)
        self.assertEqual(self.run_dskeeper("scan").returncode, 0)
        with sqlite3.connect(self.folder / "dskeeper.db") as store:
            store.execute("UPDATE journal SET at = at + 3600000 WHERE number = "
                          "(SELECT max(number) FROM journal)")
        for command in (["scan"], ["scan", "--dry-run"]):
            done = self.run_dskeeper(*command)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("before the journal's last entry", done.stderr)


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
                (["suspend", CHILD, "--reason", " "], 2, "--reason"),
                (["suspend", CHILD, "--reason", "two\nlines"], 2, "one line"),
                (["suspend", "kid.other.", "--reason", "because"], 2, "no configured parent"),
                (["suspend", "example.", "--reason", "because"], 2, "is a parent zone"),
                (["resume", CHILD, "--kind", "delete"], 2, "--breaker"),
                (["resume", "--breaker", "example.", "--reset-replay"], 2, "--reset-replay"),
                (["resume"], 2, "--breaker"),
                (["resume", CHILD, "--breaker", "example."], 2, "not both"),
                (["resume", "--breaker", "other."], 2, "no configured parent"),
                (["resume", "--breaker", "exmaple."], 2, 'Did you mean "example."?'),
                (["resume", "--breaker", "example.", "--kind", "delet"], 2, "bootstrap, update"),
                (["approve", CHILD], 2, "--request"),
                (["approve", CHILD, "--request", "00"], 1, "asks for nothing"),
        ]:
            with self.subTest(arguments=arguments):
                done = self.run_dskeeper(*arguments)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn(words, done.stderr)
                self.assertEqual(done.stdout, "")

    def test_explain_shows_what_is_decided_and_not_yet_obeyed(self):
        self.assertEqual(self.run_dskeeper("scan").returncode, 0)
        self.run_dskeeper("suspend", CHILD, "--reason", "the owner is in court")
        for command in ("explain", "status"):
            shown = self.run_dskeeper(command, CHILD).stdout
            self.assertIn("because the owner is in court, not yet obeyed", shown)

    def test_a_reason_takes_no_hold_of_the_readers_terminal(self):
        self.run_dskeeper("suspend", CHILD, "--reason", "a \u009b31m test")
        self.assertEqual(self.run_dskeeper("scan").returncode, 0)
        for command in ("status", "history", "explain"):
            shown = self.run_dskeeper(command, CHILD).stdout
            self.assertIn("\\194\\15531m", shown)
            self.assertNotIn("\u009b", shown)

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
