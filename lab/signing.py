"""Signs the NSD children offline, each broken or whole in its own way.

dnssec-signzone signs everything with every key (-z) and does not judge the result (-P); what a
child must not have is then taken out. The signatures are valid for five days.
"""

import re
import subprocess
import time
from pathlib import Path

import dns.rdatatype
import dns.zone

import zones

APEX_BY_KSK = ("DNSKEY", "CDS", "CDNSKEY")
DAY = 86400


def run(*command, cwd=None):
    return subprocess.run(command, cwd=cwd, check=True, text=True, capture_output=True).stdout


class Key:
    """A key pair on disk, known by the stem of its files."""

    def __init__(self, folder, zone, ksk, algorithm="ECDSAP256SHA256"):
        flag = ["-f", "KSK"] if ksk else []
        flag += ["-b", "1024"] if algorithm.startswith("RSA") else []
        self.folder, self.ksk = folder, ksk
        self.stem = run("dnssec-keygen", "-q", "-K", folder, "-a", algorithm,
                        "-L", "2", *flag, zone).strip()
        self.tag = int(self.stem.rsplit("+", 1)[1])
        text = (Path(folder) / f"{self.stem}.key").read_text()
        self.dnskey = re.search(r"DNSKEY\s+(.*)", text).group(1)

    def ds(self, digest=2):
        out = run("dnssec-dsfromkey", f"-{digest}", f"{self.folder}/{self.stem}.key")
        return out.split(" DS ")[1].strip()

    def asking(self):
        """The records by which a zone asks its parent for this key."""
        return [f"1 IN CDS {self.ds()}", f"1 IN CDNSKEY {self.dnskey}"]


class Keys:
    """The keys of one child: ksk is the one its DS names, new one that it could roll to."""

    def __init__(self, folder, zone, algorithm):
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.ksk = Key(folder, zone, True, algorithm)
        self.zsk = Key(folder, zone, False, algorithm)
        self.new = Key(folder, zone, True, algorithm)


def sign_text(name, text, keys, nsec3=False, start=-3600, end=5 * DAY):
    """A zone, everything in it signed by every key.

    The signatures are valid from start to end, seconds from now.
    """
    folder = keys[0].folder
    unsigned = Path(folder) / "unsigned"
    unsigned.write_text(text + "".join(f"{name} 2 IN DNSKEY {key.dnskey}\n" for key in keys))
    options = ["-3", "-", "-H", "0"] if nsec3 else []
    times = [time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + t)) for t in (start, end)]
    run("dnssec-signzone", "-P", "-z", "-q", "-K", folder, "-o", name, "-f", "signed", *options,
        "-s", times[0], "-e", times[1], str(unsigned),
        *[f"{folder}/{key.stem}" for key in keys], cwd=folder)
    # Without NS records at the apex it is no zone to dnspython, but it is one to NSD.
    return dns.zone.from_file(f"{folder}/signed", name, relativize=False, check_origin=False)


def sign(child, extra, keys, start=-3600, end=5 * DAY):
    """The child's zone with extra records, everything signed by every key."""
    return sign_text(child.zone, zones.child(child, extra), keys, child.nsec3, start, end)


def keep(zone, wanted):
    """Takes out each signature for which wanted(type covered, key tag) is false."""
    for _, node in zone.items():
        for rdataset in list(node.rdatasets):
            if rdataset.rdtype != dns.rdatatype.RRSIG:
                continue
            for rrsig in list(rdataset):
                if not wanted(dns.rdatatype.to_text(rrsig.type_covered), rrsig.key_tag):
                    rdataset.discard(rrsig)
    return zone


def usual(keys):
    """Who signs what in an ordinary zone: the KSKs keys and requests, the ZSK all the rest."""
    ksks = {key.tag for key in keys if key.ksk}
    return lambda covered, tag: (covered in APEX_BY_KSK) == (tag in ksks)


def ordinary(child, extra, keys):
    return keep(sign(child, extra, keys), usual(keys))


def silent(child, k):
    return [ordinary(child, [], [k.ksk, k.zsk])] * 2


def insync(child, k):
    return [ordinary(child, k.ksk.asking(), [k.ksk, k.zsk])] * 2


def leave(child, k):
    sentinels = ["1 IN CDS 0 0 0 00", "1 IN CDNSKEY 0 3 0 AA=="]
    return [ordinary(child, sentinels, [k.ksk, k.zsk])] * 2


def split(child, k):
    """Either request alone would be right; the two servers differ in which."""
    keys = [k.ksk, k.new, k.zsk]
    return [ordinary(child, k.new.asking(), keys), ordinary(child, k.ksk.asking(), keys)]


def breaks(child, k):
    """Asks for a key that is not in its DNSKEY set: nothing would validate any more."""
    return [ordinary(child, k.new.asking(), [k.ksk, k.zsk])] * 2


def zsk(child, k):
    """A right request under the wrong signature: valid to any validator, void for RFC 7344 4.1."""
    keys = [k.ksk, k.new, k.zsk]
    rule = usual(keys)

    def wanted(covered, tag):
        return tag == k.zsk.tag if covered in ("CDS", "CDNSKEY") else rule(covered, tag)

    return [keep(sign(child, k.new.asking(), keys), wanted)] * 2


def stale(child, k):
    """The signatures of its request ran out yesterday; everything else is valid."""
    keys = [k.ksk, k.new, k.zsk]
    zone = ordinary(child, k.new.asking(), keys)
    past = keep(sign(child, k.new.asking(), keys, start=-3 * DAY, end=-DAY), usual(keys))
    for covered in (dns.rdatatype.CDS, dns.rdatatype.CDNSKEY):
        old = past.find_rdataset(child.zone, dns.rdatatype.RRSIG, covered)
        zone.replace_rdataset(child.zone, old)
    return [zone] * 2


def lame(child, k):
    return [ordinary(child, k.ksk.asking(), [k.ksk, k.zsk])] * 2


def digest(child, k):
    """Asks by the digest alone, and by one that nobody accepts any more (SHA-1)."""
    return [ordinary(child, [f"1 IN CDS {k.ksk.ds(1)}"], [k.ksk, k.zsk])] * 2


def csync(child, k):
    """Asks for other name servers, at once (RFC 7477), and for no DS."""
    extra = ["2 IN NS ns9.sure.op.", "1 IN CSYNC 1 1 NS"]
    return [ordinary(child, extra, [k.ksk, k.zsk])] * 2


MAKERS = {"silent": silent, "silent3": silent, "insync": insync, "leave": leave, "split": split,
          "breaks": breaks, "zsk": zsk, "stale": stale, "lame": lame,
          "digest": digest, "csync": csync,
          **dict.fromkeys(("asking", "bogus", "inside", "half", "algorithm", "worked"), insync)}


def write_all(zone, targets):
    for target in targets:
        zone.to_file(str(target), sorted=True, relativize=False)


def write_cut(zone, folder, targets, asking):
    """The zone with the records of another one that it was cut out for; returns its DS."""
    keys = Keys(folder, zone.zone, zone.algorithm)
    write_all(ordinary(zone, asking, [keys.ksk, keys.zsk]), targets)
    return [keys.ksk.ds()]


def write(child, folder, targets):
    """Makes the child's keys and the zone file of each server; returns the DS of its KSK."""
    if not child.signed:
        for target in targets:
            Path(target).write_text(zones.child(child))
        return []
    keys = Keys(folder, child.zone, child.algorithm)
    for zone, target in zip(MAKERS[child.zone.split(".")[0]](child, keys), targets):
        write_all(zone, [target])
    return [keys.ksk.ds()]
