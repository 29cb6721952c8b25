#!/usr/bin/python3 -B
"""The pages of the lab's children, and the dashboard, in Debian's Chromium (tests/web/*_test.mjs)."""

import os
import subprocess
import unittest
from pathlib import Path

import http_test
from labtest import DSKEEPER, LAB, ROOT, Dskeeper, main, wait_until

WEB = ROOT / "tests" / "web"
WAITING = "first.example."


def configuration_with_long_hold():
    """So long that a browser sees it wait, and then its DS set arrive."""
    path = http_test.write_configuration()
    text = path.read_text()
    assert 'hold        = "10s"' in text
    path.write_text(text.replace('hold        = "10s"', 'hold        = "45s"'))
    return path


class MadeUpZone:
    """bench/http_server over a store whose numbers, and some names, are made up."""

    PORT = 8095

    def __init__(self, cases):
        self.command = [Path(DSKEEPER).parent / "bench" / "http_server", "--store",
                        LAB / "made_up.db", "--cases", str(cases), "--port", str(self.PORT),
                        "--token", http_test.TOKEN]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"
        return f"http://127.0.0.1:{self.PORT}"

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Pages(unittest.TestCase):
    def test_in_a_browser(self):
        self.assertTrue((WEB / "node_modules").exists(), "run scripts/install first")
        dskeeper = Dskeeper(configuration_with_long_hold())
        self.addCleanup(dskeeper.end)
        dskeeper.start()
        wait_until("it is ready", 60, lambda: http_test.ask("/readyz")[0] == 200)
        wait_until(f"{WAITING} waits", 60,
                   lambda: http_test.case_of(WAITING).get("outcome") == "hold")
        environment = os.environ | {
            "BASE": f"http://{http_test.HOST}:{http_test.PORT}", "TOKEN": http_test.TOKEN,
            "WAITING": WAITING, "MADE_UP": self.enterContext(MadeUpZone(200)), "HOME": str(dskeeper.log_path.parent)}
        for file in ("pages_test.mjs", "dashboard_test.mjs"):
            environment["NAMES"] = " ".join(self.one_of_each_outcome())
            with self.subTest(file):
                done = subprocess.run(["node", "--test", WEB / file], cwd=WEB, env=environment,
                                      text=True, capture_output=True, timeout=300)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def one_of_each_outcome(self):
        names = {}
        for case in http_test.Http().staff("/api/v1/cases?limit=200")["cases"]:
            names.setdefault(case["outcome"], case["child"])
        self.assertGreater(len(names), 1)
        return names.values()


if __name__ == "__main__":
    main()
