"""Configurations of the NSD instances, which serve what was signed offline, right or wrong."""

from world import AWAITED, CUT_ZONE, SERVERS, file_of, of


def configuration(directory, name):
    server = SERVERS[name]
    home = f"{directory}/{name}"
    # No user name and no chroot: a user namespace of one id has nobody to switch to.
    text = f"""\
server:
    ip-address: {server.v4}
    ip-address: {server.v6}
    server-count: 1
    username: ""
    chroot: ""
    database: ""
    identity: {name}
    zonesdir: {home}/zones
    zonelistfile: {home}/zone.list
    xfrdfile: {home}/xfrd.state
    xfrdir: {home}
    pidfile: {home}/nsd.pid
    verbosity: 1
    rrl-ratelimit: 0

remote-control:
    control-enable: no
"""
    for child in [*of("nsd"), CUT_ZONE]:
        if int(name[-1]) in child.only_at:
            text += f"\nzone:\n    name: {child.zone}\n    zonefile: {file_of(child.zone)}.zone\n"
    for zone in AWAITED:
        text += f"\nzone:\n    name: {zone}\n    zonefile: {file_of(zone)}.zone\n"
    return text
