"""Serves as an actor, which other nodes call at /statistics.

    python3 examples/python/actor_server.py 'tcp://127.0.0.1:9001'
"""

import statistics
import sys

from actor_node import Node


class Statistics:
    """Each method is a handler."""

    def __init__(self):
        self.numbers = []

    def add(self, number):
        self.numbers.append(number)

    def median(self):
        return statistics.median(self.numbers)


(endpoint,) = sys.argv[1:]
node = Node({"/statistics": Statistics()})
print("listening at", node.listen(endpoint), flush=True)
node.run()
