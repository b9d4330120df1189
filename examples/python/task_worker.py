"""Task worker in Python: takes its share of the tasks beside those in TypeScript.

Connects a PULL socket to the ventilator and collects tasks from there.
Connects a PUSH socket to the sink and sends results to there.
Needs pyzmq (Debian: python3-zmq).
"""

import sys
import time

import zmq

task_endpoint, result_endpoint = sys.argv[1:]

context = zmq.Context()

# Socket to receive tasks on
tasks = context.socket(zmq.PULL)
tasks.connect(task_endpoint)

# Socket to send results to; the first message says that this worker is connected
results = context.socket(zmq.PUSH)
results.connect(result_endpoint)
results.send(b"ready")

# Process tasks until somebody stops it
while True:
    workload = tasks.recv()
    print(f"task of {workload.decode()} ms", flush=True)
    time.sleep(int(workload) / 1000)
    results.send(b"")
