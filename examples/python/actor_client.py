"""Calls an actor of another node: /counter, which holds a number.

    python3 examples/python/actor_client.py tcp://localhost:9000
"""

import sys

from actor_node import Failed, Node

(endpoint,) = sys.argv[1:]
node = Node().connect(endpoint)

node.tell("/counter", "add", 2)
print("value", node.ask("/counter", "value"))

try:
    node.ask("/missing", "value")
except Failed as error:
    print(error)
