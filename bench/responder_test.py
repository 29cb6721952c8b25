"""What rates alone dictate, by hand."""

import unittest

from responder import dictated

OPEN = 1_000_000


def server(operator, number, *, udp=0, tcp=0, is_dead=False, udp_withheld=0):
    return {"operator": operator, "server": number, "is_dead": is_dead, "udp": udp, "tcp": tcp,
            "udp_withheld": udp_withheld, "tcp_withheld": 0}


def seconds(servers, *, rate=50, network_rate=500, lifted=None):
    settings = {"rate": rate, "network_rate": network_rate, "lifted": lifted}
    return dictated({"servers": servers}, settings)[0]


class Dictated(unittest.TestCase):
    def test_both_servers_of_an_operator_share_its_questions(self):
        self.assertEqual(seconds([server(0, 0, udp=900), server(0, 1, tcp=100)]), 10)

    def test_the_slowest_operator_decides(self):
        small = [server(0, 0, udp=50), server(0, 1, udp=50)]
        large = [server(1, 0, udp=500), server(1, 1, udp=500)]
        self.assertEqual(seconds(small + large), 10)

    def test_a_dead_server_takes_no_share(self):
        self.assertEqual(seconds([server(0, 0, udp=500), server(0, 1, udp=7, is_dead=True)]), 10)

    def test_the_network_caps_its_servers_together(self):
        self.assertEqual(
            seconds([server(0, 0, udp=500), server(0, 1, udp=500)], network_rate=20), 50)

    def test_an_agreed_rate_is_capped_by_no_network(self):
        self.assertEqual(seconds([server(0, 0, udp=5000), server(0, 1, udp=5000)],
                                 network_rate=20, lifted=[1, 5000]), 1)

    def test_only_the_largest_are_lifted(self):
        self.assertEqual(
            seconds([server(0, 0, udp=500), server(1, 0, udp=500)], lifted=[1, 5000]), 10)

    def test_what_was_lost_and_sent_again_waited_for_no_turn(self):
        self.assertEqual(seconds([server(0, 0, udp=510, udp_withheld=10)]), 10)

    def test_whoever_was_asked_nothing_takes_no_time(self):
        self.assertEqual(seconds([]), 0)


if __name__ == "__main__":
    unittest.main()
