"""A child on NSD whose request the test writes: signed anew by the lab's own signing functions.

Both of its KSKs are in its DNSKEY set and sign it from the first `ask_for` on, so that either DS
validates; the CDS and CDNSKEY say which one it asks for.
"""

import os
import sys
from pathlib import Path

from labtest import LAB, Server, ds_at_parent, ds_text, records, wait_until

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lab"))
import signing  # noqa: E402
from world import CHILDREN, file_of  # noqa: E402

SERVERS = {"nsd1": "127.0.5.1", "nsd2": "127.0.5.2"}


class KeptKey(signing.Key):
    """A key pair that lab/make has left on disk."""

    def __init__(self, folder, stem):
        self.folder, self.stem = str(folder), stem
        self.tag = int(stem.rsplit("+", 1)[1])
        text = (folder / f"{stem}.key").read_text()
        self.dnskey = text.split(" DNSKEY ")[1].strip()
        self.ksk = self.dnskey.startswith("257 ")


class OfflineChild:
    def __init__(self, label):
        self.zone = f"{label}.example."
        self.child = next(child for child in CHILDREN if child.zone == self.zone)
        folder = LAB / "keys" / file_of(self.zone)
        self.keys = [KeptKey(folder, path.stem) for path in sorted(folder.glob("K*.key"))]
        standing = ds_at_parent(self.zone)
        ksks = [key for key in self.keys if key.ksk]
        # The first is the one that the parent's DS names from the start.
        self.ksks = sorted(ksks, key=lambda key: ds_text(key.ds()) not in standing)
        self.asked = None

    def add_key(self):
        """One more KSK that it can ask for; it is published with the next request."""
        key = signing.Key(str(LAB / "keys" / file_of(self.zone)), self.zone, True)
        self.keys.append(key)
        self.ksks.append(key)

    def ds_of(self, which):
        return frozenset([ds_text(self.ksks[which].ds())])

    def ask_for(self, which):
        """Publishes the request for one KSK; returns when both servers have it."""
        self.asked = self.ds_of(which)
        zone = signing.ordinary(self.child, self.ksks[which].asking(), self.keys)
        self.publish(zone)
        wait_until(f"both servers of {self.zone} ask anew", 60, self.is_published)

    def publish(self, zone):
        for name in SERVERS:
            path = LAB / name / "zones" / f"{file_of(self.zone)}.zone"
            fresh = path.with_suffix(".new")
            zone.to_file(str(fresh), sorted=True, relativize=False)
            os.replace(fresh, path)
            Server(name).reload()

    def is_published(self):
        return all(records(address, self.zone, "CDS") == self.asked
                   for address in SERVERS.values())
