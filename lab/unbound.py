"""Configuration of Unbound, the lab's independent validator."""

from world import SERVERS


def configuration(directory):
    server = SERVERS["unbound"]
    # Nothing is remembered longer than the zones say, so that each sample tells the present.
    return f"""\
server:
    directory: {directory}/unbound
    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    logfile: ""
    interface: {server.v4}
    interface: {server.v6}
    access-control: 127.0.0.0/8 allow
    access-control: fd00::/64 allow
    access-control: ::1 allow
    num-threads: 1
    module-config: "validator iterator"
    root-hints: {directory}/root.hints
    trust-anchor-file: {directory}/root.key
    do-not-query-localhost: no
    local-zone: "test." transparent
    prefetch: no
    aggressive-nsec: no
    serve-expired: no
    val-bogus-ttl: 1
    val-log-level: 2
    infra-host-ttl: 2
    cache-max-negative-ttl: 1
    msg-cache-size: 1m
    rrset-cache-size: 2m
    key-cache-size: 1m
    unblock-lan-zones: yes
    insecure-lan-zones: yes

remote-control:
    control-enable: yes
    control-interface: 127.0.0.53
    control-use-cert: no
"""
