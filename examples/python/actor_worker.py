"""Works for another node, which asks it at /worker for the sum of a range's prime numbers.

    python3 examples/python/actor_worker.py tcp://localhost:9000
"""

import sys

from actor_node import Node


class Worker:
    def primes(self, begin, end):
        return sum(n for n in range(max(begin, 2), end) if all(n % d for d in range(2, int(n**0.5) + 1)))


(endpoint,) = sys.argv[1:]
Node({"/worker": Worker()}, name="worker").connect(endpoint).run()
