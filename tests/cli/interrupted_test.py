#!/usr/bin/python3 -B
"""What comes in between: Ctrl-C, a second process, a full disk. Nothing is half done afterwards."""

import json
import signal
import socket
import subprocess
import time
import unittest

from clitest import SERVER, CliTest, wait_until, zone_text

MANY = 400  # their cases need some 500 KiB


def silent_server():
    """A server that takes every question and never answers, so that a look lasts."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((SERVER, 53))
    return udp


class Stopped(CliTest):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(silent_server())
        self.edit('timeout  = "200ms"', 'timeout  = "20s"')

    def assert_whole(self):
        """Every case has its journal, and the store can be worked with."""
        self.edit('timeout  = "20s"', 'timeout  = "200ms"')
        done = self.run_dskeeper("scan", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        cases = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual({case["outcome"] for case in cases}, {"retry"})
        self.assertEqual(self.counts()["cases"], {"retry": 3})

    def stop_while_asking(self, how):
        process = self.spawn("scan")
        self.server.settimeout(30)
        self.server.recv(512)  # now a look is under way
        begun = time.monotonic()
        process.send_signal(how)
        status = process.wait(15)
        self.assertLess(time.monotonic() - begun, 5, "a stop does not wait for time-outs")
        return status

    def test_control_c_of_a_scan(self):
        self.assertEqual(self.stop_while_asking(signal.SIGINT), 1)
        self.assertIn("stopped before the end", self.log())
        self.assertEqual(self.counts()["cases"], {}, "what was in flight counts for nothing")
        self.assertIsNone(self.counts()["last_pass"], "a pass that was stopped is no pass")
        self.assert_whole()

    def test_term_of_a_scan(self):
        self.assertEqual(self.stop_while_asking(signal.SIGTERM), 1)
        self.assert_whole()

    def test_term_of_serve(self):
        process = self.spawn("serve")
        self.server.settimeout(30)
        self.server.recv(512)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 0, self.log())
        self.assert_whole()

    def test_status_tells_how_far_a_pass_of_serve_is(self):
        process = self.spawn("serve")
        self.server.settimeout(30)
        self.server.recv(512)
        wait_until("serve tells how far it is", 30, lambda: self.counts()["pass_under_way"])
        under_way = self.counts()["pass_under_way"]
        self.assertEqual((under_way["done"], under_way["total"]), (0, 3))
        self.assertIsNone(under_way["seconds_left"])
        self.assertRegex(self.run_dskeeper("status").stdout, "under way  since .*: 0 of 3 children")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 0, self.log())
        self.assertIsNone(self.counts()["pass_under_way"])

    def test_kill_of_a_scan(self):
        self.assertEqual(self.stop_while_asking(signal.SIGKILL), -signal.SIGKILL)
        self.assert_whole()


    def test_a_term_ends_a_transfer_that_hangs(self):
        for command, said in (("serve", "stopping"), ("scan", "Stopping")):
            with self.subTest(command=command):
                self.stop_in_a_transfer(command, said, times=1)

    def test_a_second_term_ends_at_once(self):
        """A parent that never answers must not keep the operator waiting."""
        for command, said in (("serve", "stopping"), ("scan", "Stopping")):
            with self.subTest(command=command):
                self.stop_in_a_transfer(command, said, times=2)

    def stop_in_a_transfer(self, command, said, times):
        text = self.configuration.read_text()
        self.edit('source = { zone-file = "example.zone" }',
                  'source = { axfr = "127.0.9.9", key = "update." }')
        with socket.create_server(("127.0.9.9", 53)) as hanging:
            process = self.spawn(command)
            hanging.settimeout(30)
            connection, _ = hanging.accept()
            with connection:
                process.send_signal(signal.SIGTERM)
                self.wait_for_log(said)
                if times == 2:
                    process.send_signal(signal.SIGTERM)
                # The second one may meet it in its last moment, when nobody listens for it any more.
                statuses = (0, 1) if times == 1 else (0, 1, -signal.SIGTERM)
                self.assertIn(process.wait(5), statuses, self.log())
        self.configuration.write_text(text)
        (self.folder / "log").unlink()


class Reloaded(CliTest):
    """SIGHUP: the new configuration whole, or the old one as it was."""

    def setUp(self):
        super().setUp()
        self.process = self.spawn("serve")
        self.wait_for_log("pass-ended")

    def reload(self, word):
        seen = self.log().count(word)
        self.process.send_signal(signal.SIGHUP)
        wait_until(f"the log says {word}", 30, lambda: self.log().count(word) > seen)

    def assert_goes_on(self):
        passes = self.log().count("pass-ended")
        wait_until("another pass", 30, lambda: self.log().count("pass-ended") > passes)
        self.assertIsNone(self.process.poll(), self.log())

    def test_another_policy_takes_over(self):
        self.edit('sink   = {', 'policy = "mine"\nsink   = {')
        self.write("dskeeper.toml", self.configuration.read_text() + "[policy.mine]\nhold = '5d'\n")
        self.reload("configuration-reloaded")
        self.wait_for_log("with the policy mine")
        self.assert_goes_on()

    def test_the_lease_is_held_all_the_while(self):
        for _ in range(3):
            self.reload("configuration-reloaded")
            done = self.run_dskeeper("scan")
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(f"process {self.process.pid}", done.stderr)
        self.assert_goes_on()

    def test_many_at_once_are_one_after_the_other(self):
        for _ in range(20):
            self.process.send_signal(signal.SIGHUP)
            time.sleep(0.01)
        self.wait_for_log("configuration-reloaded")
        self.assert_goes_on()
        self.process.send_signal(signal.SIGHUP)
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(10), 0, self.log())

    def test_what_cannot_work_changes_nothing(self):
        text = self.configuration.read_text()
        for old, new, words in [("interval", "intervall", 'Did you mean "interval"?'),
                                ("update.key", "gone.key", "gone.key"),
                                ("sqlite:dskeeper.db", "sqlite:other.db", "store.url")]:
            with self.subTest(new=new):
                self.configuration.write_text(text.replace(old, new))
                self.reload("configuration-kept")
                self.assertIn(words, self.log())
                self.assert_goes_on()

    def test_a_zone_more_and_a_zone_less(self):
        text = self.configuration.read_text()
        self.write("other.zone", zone_text(2).replace("example.", "other."))
        self.configuration.write_text(text + """
[[parent]]
zone   = "other."
source = { zone-file = "other.zone" }
sink   = { none = true }
""")
        self.reload("configuration-reloaded")
        self.wait_for_log("The pass over other. has ended")
        self.configuration.write_text(text)
        self.reload("configuration-reloaded")
        done = self.run_dskeeper("scan", "--parent", "example.")
        self.assertEqual(done.returncode, 1)
        self.assert_goes_on()


class Unwritable(CliTest):
    def test_results_that_nobody_gets_are_no_success(self):
        self.assertEqual(self.run_dskeeper("scan").returncode, 0)
        for command in (["status"], ["status", "--json"], ["scan", "--json"], ["check"],
                        ["explain", "c0000.example"], ["history", "c0000.example"]):
            with self.subTest(command=command), open("/dev/full", "w") as full:
                done = subprocess.run(self.command(*command), stdout=full, stderr=subprocess.PIPE,
                                      text=True, stdin=subprocess.DEVNULL)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("standard output", done.stderr)


class SecondProcess(CliTest):
    def setUp(self):
        super().setUp()
        self.process = self.spawn("serve")
        self.wait_for_log("pass-ended")

    def test_is_refused_and_the_first_goes_on(self):
        for command in ("scan", "serve"):
            with self.subTest(command=command):
                done = self.run_dskeeper(command)
                self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
                self.assertIn("example.", done.stderr)
                self.assertIn(f"process {self.process.pid}", done.stderr)
        passes = self.log().count("pass-ended")
        wait_until("another pass of serve", 30, lambda: self.log().count("pass-ended") > passes)

    def test_may_look(self):
        for command in (["scan", "--dry-run"], ["status"], ["status", "c0000.example"],
                        ["history", "c0000.example"], ["explain", "c0000.example"], ["check"]):
            with self.subTest(command=command):
                done = self.run_dskeeper(*command)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_takes_over_from_one_that_was_killed(self):
        self.process.kill()
        self.process.wait()
        self.assertEqual(self.run_dskeeper("scan").returncode, 0)


class FullDisk(CliTest):
    """The store on a file system of its own, which is too small at first."""

    def setUp(self):
        super().setUp()
        self.write("example.zone", zone_text(MANY))
        self.store = self.folder / "store"
        self.store.mkdir()
        self.mount("size=256k")
        self.addCleanup(subprocess.run, ["umount", "-l", self.store], check=True)
        self.edit("sqlite:dskeeper.db", "sqlite:store/dskeeper.db")

    def mount(self, options, *more):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, *more, "none", self.store],
                       check=True)

    def make_room(self):
        subprocess.run(["mount", "-o", "remount,size=64m", self.store], check=True)

    def assert_whole(self):
        """Each case that is there came with its journal, and the rest can still be done."""
        self.make_room()
        self.assertEqual(self.run_dskeeper("status").returncode, 0)
        done = self.run_dskeeper("scan")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sum(self.counts()["cases"].values()), MANY)
        for name in ("c0000.example", f"c{MANY - 1:04}.example"):
            self.assertNotEqual(self.run_dskeeper("history", "--json", name).stdout, "")

    def test_scan_says_so_and_ends(self):
        done = self.run_dskeeper("scan")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("store/dskeeper.db", done.stderr)
        self.assertRegex(done.stderr, "full|space")
        self.assert_whole()

    def test_serve_goes_on_when_there_is_room(self):
        process = self.spawn("serve")
        wait_until("serve says that the disk is full", 30,
                   lambda: "store-failed" in self.log() or "pass-failed" in self.log())
        time.sleep(3)
        self.assertLess(self.log().count("store-failed"), 3, "said once, not at every try")
        self.assertIsNone(process.poll(), self.log())
        self.make_room()
        wait_until("the cases are in the store", 30,
                   lambda: sum(self.counts()["cases"].values()) == MANY)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 0, self.log())


if __name__ == "__main__":
    unittest.main(verbosity=2)
