"""What the lab's tests share: where they are, dskeeper as a process, and questions to the servers.

A test runs wholly inside its lab (tests/lab/run), so that process numbers mean what they say.
Nothing here sleeps for a time in the hope that something has happened: `wait_until` asks, until a
deadline that is far beyond what an idle machine needs.
"""

import json
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

import dns.dnssec
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsigkeyring
import dns.update

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "lab"))
LAB = Path(os.environ.get("LAB_DIR", "/nonexistent"))
DSKEEPER = os.environ.get("DSKEEPER", str(ROOT / "build" / "dskeeper"))

UNBOUND, PARENT, PARENT2 = "127.0.0.53", "127.0.2.1", "127.0.2.2"
POLL_S = 0.1


def wait_until(words, seconds, holds, *arguments):
    """Asks until holds(…) is true and returns what it said; after the deadline the test fails."""
    deadline = time.monotonic() + seconds
    while True:
        value = holds(*arguments)
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not true after {seconds} s: {words}")
        time.sleep(POLL_S)


def ask(address, name, rdtype, timeout=2.0, flags=dns.flags.RD):
    """The answer over UDP, over TCP if it does not fit; None when nobody answers."""
    query = dns.message.make_query(name, rdtype, want_dnssec=True, flags=flags)
    try:
        return dns.query.udp_with_fallback(query, address, timeout=timeout)[0]
    except (OSError, dns.exception.DNSException):
        return None


def records(address, name, rdtype):
    """The records in presentation form, upper case; None when nobody answers."""
    answer = ask(address, name, rdtype)
    if answer is None or answer.rcode() != dns.rcode.NOERROR:
        return None
    wanted = dns.rdatatype.from_text(rdtype)
    return frozenset(ds_text(record.to_text()) for rrset in answer.answer
                     if rrset.rdtype == wanted for record in rrset)


def ds_text(text):
    """As dskeeper prints it: the digest in one piece and in upper case."""
    key, algorithm, kind, *digest = text.split()
    return f"{key} {algorithm} {kind} {''.join(digest).upper()}"


def ds_at_parent(child):
    return records(PARENT, child, "DS")


def set_ds(child, *records):
    """As a registrar would, past dskeeper; without records the DS set goes."""
    secret = (LAB / "keys" / "update.key").read_text().strip()
    update = dns.update.UpdateMessage(child.split(".", 1)[1], keyring=dns.tsigkeyring.from_text(
        {"update.": secret}), keyalgorithm="hmac-sha256")
    update.delete(child, "DS")
    for record in records:
        update.add(child, 1, "DS", record)
    answer = dns.query.tcp(update, PARENT, timeout=10)
    assert answer.rcode() == 0, answer
    wait_until(f"{child} has the DS that was set", 30,
               lambda: ds_at_parent(child) == frozenset(records))


def ksks(address, child):
    """The DS records (SHA-256) of the KSKs that a server of the child has; None as above."""
    answer = ask(address, child, "DNSKEY")
    if answer is None or answer.rcode() != dns.rcode.NOERROR:
        return None
    name = dns.name.from_text(child)
    return frozenset(ds_text(dns.dnssec.make_ds(name, key, "SHA256").to_text())
                     for rrset in answer.answer if rrset.rdtype == dns.rdatatype.DNSKEY
                     for key in rrset if key.flags & 1)


def is_secure(child):
    """Whether the validator says so, now."""
    answer = ask(UNBOUND, f"www.{child}", "A", timeout=5)
    return answer is not None and answer.rcode() == dns.rcode.NOERROR and bool(
        answer.flags & dns.flags.AD)


def configure(name, **replacements):
    """A variant of the lab's configuration with a store of its own; each text must occur in it.

    Called as configure("slow", rate=("rate     = 1000", "rate     = 60")).
    """
    text = (LAB / "dskeeper.toml").read_text()
    for old, new in [("sqlite:dskeeper.db", f"sqlite:{name}.db"), *replacements.values()]:
        if old not in text:
            raise AssertionError(f"the lab's configuration does not say {old}")
        text = text.replace(old, new)
    path = LAB / f"{name}.toml"
    path.write_text(text)
    return path


class Dskeeper:
    """dskeeper with one configuration: its commands, and `serve` as a process."""

    def __init__(self, configuration=LAB / "dskeeper.toml", environment=None):
        self.configuration = Path(configuration)
        self.environment = os.environ | (environment or {})
        self.log_path = self.configuration.with_suffix(".log")
        self.process = None

    def run(self, *arguments, timeout=60, check=False):
        done = subprocess.run([DSKEEPER, "-c", str(self.configuration), *arguments], text=True,
                              env=self.environment, capture_output=True, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(arguments)}: {done.returncode}, {done.stderr}")
        return done

    def json_lines(self, *arguments):
        return [json.loads(line) for line in self.run(*arguments, check=True).stdout.splitlines()]

    def case(self, child):
        """What `status --json` says; None when the store knows no such child (or is not there)."""
        done = self.run("status", "--json", child)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def outcome(self, child):
        case = self.case(child)
        return case and case["outcome"]

    def history(self, child):
        return self.json_lines("history", "--json", child)

    def changes(self, child):
        """The journal of each change, in their order: {id: [details of each event]}."""
        found = {}
        for entry in self.history(child):
            if entry["kind"] == "change":
                found.setdefault(entry["details"]["id"], []).append(entry["details"])
        return found

    def start(self):
        """Starts `serve`; its log goes to a file that all runs share."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([DSKEEPER, "-c", str(self.configuration), "serve"],
                                            env=self.environment, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def end(self, how=signal.SIGTERM, timeout=30):
        """Ends `serve` and returns its exit status; does nothing when it does not run."""
        if self.process is None:
            return None
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(how)
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"serve did not end within {timeout} s of signal {how}") from None

    def log(self):
        return self.log_path.read_text() if self.log_path.exists() else ""


class Server:
    """One of the lab's name servers, ended and started from inside."""

    def __init__(self, name):
        self.name, self.pid_file = name, LAB / "pid" / name

    def pid(self):
        return int(self.pid_file.read_text())

    def down(self):
        pid = self.pid()
        os.kill(pid, signal.SIGTERM)
        wait_until(f"{self.name} has ended", 30, lambda: not Path(f"/proc/{pid}").exists())

    def up(self):
        subprocess.run([ROOT / "lab" / "detach", LAB / self.name / "run"], check=True)
        subprocess.run([ROOT / "lab" / "wait", LAB, self.name], check=True, timeout=120)

    def reload(self):
        os.kill(self.pid(), signal.SIGHUP)


def main():
    """unittest.main, with what went wrong in the servers' logs left where the lab is."""
    print(f"lab: {LAB}", flush=True)
    unittest.main(verbosity=2)
