#!/usr/bin/python3 -B
"""Pictures of the pages: names in the lab on their way, then the dashboard of a zone that is made up.

Run by scripts/screenshots, inside a lab; the folder for the pictures is the first argument.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lab"))
import http_test  # noqa: E402
import pages_test  # noqa: E402
from labtest import LAB, Dskeeper, wait_until  # noqa: E402

CASES = 40000


def take(folder, base, *pages):
    environment = os.environ | {"BASE": base, "TOKEN": http_test.TOKEN, "HOME": str(LAB)}
    subprocess.run(["node", ROOT / "tests" / "web" / "screenshots.mjs", folder, *pages], check=True,
                   env=environment, timeout=120)


def take_names(folder):
    """On hold, refused, then secure; and one whose change cannot be sent, so that it stays accepted."""
    base = f"http://{http_test.HOST}:{http_test.PORT}"
    outcome = lambda child: http_test.case_of(child).get("outcome")  # noqa: E731
    dskeeper = Dskeeper(pages_test.configuration_with_long_hold())
    dskeeper.start()
    wait_until("one waits and one is refused", 60, lambda: (
        outcome("first.example.") == "hold" and outcome("split.example.") == "refuse"))
    take(folder, base, "front=/", "hold=/domain/first.example.", "refuse=/domain/split.example.")
    wait_until("its DS set stands", 120, lambda: outcome("first.example.") == "in-sync")
    take(folder, base, "secure=/domain/first.example.")
    dskeeper.end()
    configuration = http_test.write_configuration()
    configuration.write_text(configuration.read_text().replace(
        'dns-update = "127.0.2.1"', 'dns-update = "127.0.2.9"').replace("sqlite:http.db",
                                                                        "sqlite:stuck.db"))
    dskeeper = Dskeeper(configuration)
    dskeeper.start()
    wait_until("it is ready", 60, lambda: http_test.ask("/readyz")[0] == 200)
    accepted = wait_until("one is accepted", 120, lambda: [
        case["child"] for case in http_test.Http().staff("/api/v1/cases?outcome=accept")["cases"]])
    take(folder, base, f"accept=/domain/{accepted[0]}")
    dskeeper.end()


def take_dashboard(folder):
    with pages_test.MadeUpZone(CASES) as origin:
        take(folder, origin, "dashboard=/dashboard")


if __name__ == "__main__":
    take_names(sys.argv[1])
    take_dashboard(sys.argv[1])
