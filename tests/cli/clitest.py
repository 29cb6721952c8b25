"""What the command line's tests share: a folder with a configuration, a zone and a key in it.

They run in a network namespace of their own (tests/CMakeLists.txt), where nothing but loopback is:
no question leaves the machine, and port 53 is free. 127.0.9.1 stands for the children's servers.
"""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DSKEEPER = os.environ.get("DSKEEPER", str(ROOT / "build" / "dskeeper"))
SERVER = "127.0.9.1"

CONFIGURATION = """\
[store]
url = "sqlite:dskeeper.db"

[scan]
interval = "1s"
permit   = ["127.0.0.0/8"]
rate     = 100000
network-rate = 100000
families = ["ipv4"]
timeout  = "200ms"

[[key]]
name        = "update."
algorithm   = "hmac-sha256"
secret-file = "update.key"

[[parent]]
zone   = "example."
source = { zone-file = "example.zone" }
sink   = { dns-update = "127.0.9.9", key = "update." }
"""
DS = "60485 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A"


def line_of(text, words):
    """The number of the first line that holds these words."""
    return next(i for i, line in enumerate(text.splitlines(), 1) if words in line)


def zone_text(children):
    """A parent zone of that many secure children, all at the one address."""
    lines = ["$TTL 60", "example. SOA ns.example. hostmaster.example. 7 60 60 60 60",
             "example. NS ns.example.", f"ns.example. A {SERVER}"]
    for number in range(children):
        name = f"c{number:04}.example."
        lines += [f"{name} NS ns1.{name}", f"{name} DS {DS}", f"ns1.{name} A {SERVER}"]
    return "\n".join(lines) + "\n"


def wait_until(words, seconds, holds):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not true after {seconds} s: {words}")
        time.sleep(0.05)


class CliTest(unittest.TestCase):
    """Each test has a folder of its own, with everything in order."""

    @classmethod
    def setUpClass(cls):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="dskeeper-cli-")))
        self.configuration = self.folder / "dskeeper.toml"
        self.configuration.write_text(CONFIGURATION)
        self.write("example.zone", zone_text(3))
        self.write("update.key", "c2VjcmV0LW9mLXRoaXJ0eS10d28tb2N0ZXRzLS0tLS0=\n", 0o600)

    def write(self, name, text, mode=0o644):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def edit(self, old, new):
        """Changes the configuration."""
        text = self.configuration.read_text()
        self.assertIn(old, text)
        self.configuration.write_text(text.replace(old, new))

    def command(self, *arguments):
        return [DSKEEPER, "-c", str(self.configuration), *arguments]

    def run_dskeeper(self, *arguments, timeout=60):
        return subprocess.run(self.command(*arguments), text=True, capture_output=True,
                              timeout=timeout, stdin=subprocess.DEVNULL)

    def spawn(self, *arguments):
        """Starts a command whose output goes to the file `log`; it is killed at the test's end."""
        with open(self.folder / "log", "ab") as log:
            process = subprocess.Popen(self.command(*arguments), stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.send_signal, signal.SIGKILL)
        return process

    def log(self):
        return (self.folder / "log").read_text()

    def wait_for_log(self, words, seconds=60):
        wait_until(f"the log says {words!r}", seconds, lambda: words in self.log())

    def files(self):
        """Everything in the folder, for "it changes nothing"."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def assert_refused(self, done, status, *words):
        """Ended with that status, said so on standard error only, and with these words."""
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, "")
        for word in words:
            self.assertIn(word, done.stderr)

    def counts(self):
        done = self.run_dskeeper("status", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)
