#!/usr/bin/python3 -B
"""The pages of the lab's children in Debian's Chromium (tests/web/pages_test.mjs)."""

import os
import subprocess
import unittest

import http_test
from labtest import ROOT, Dskeeper, main, wait_until

WEB = ROOT / "tests" / "web"


class Pages(unittest.TestCase):
    def test_in_a_browser(self):
        self.assertTrue((WEB / "node_modules").exists(), "run scripts/install first")
        dskeeper = Dskeeper(http_test.write_configuration())
        self.addCleanup(dskeeper.end)
        dskeeper.start()
        wait_until("it is ready", 60, lambda: http_test.ask("/readyz")[0] == 200)
        wait_until("some passes have ended", 120,
                   lambda: dskeeper.log().count("pass-ended") > 2)
        environment = os.environ | {
            "BASE": f"http://{http_test.HOST}:{http_test.PORT}", "TOKEN": http_test.TOKEN,
            "NAMES": " ".join(self.one_of_each_outcome()), "HOME": str(dskeeper.log_path.parent)}
        done = subprocess.run(["node", "--test", WEB / "pages_test.mjs"], cwd=WEB, env=environment,
                              text=True, capture_output=True, timeout=420)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def one_of_each_outcome(self):
        names = {}
        for case in http_test.Http().staff("/api/v1/cases?limit=200")["cases"]:
            names.setdefault(case["outcome"], case["child"])
        self.assertGreater(len(names), 1)
        return names.values()


if __name__ == "__main__":
    main()
