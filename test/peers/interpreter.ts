import { spawnSync } from 'node:child_process'

/** A Python that has pyzmq: Debian's package `python3-zmq`, or another one that comes first. */
export function python(): string {
  const found = ['python3', '/usr/bin/python3'].find(
    (command) => spawnSync(command, ['-c', 'import zmq']).status === 0,
  )
  if (found === undefined)
    throw new Error('no Python with pyzmq; Debian: apt-get install python3-zmq')
  return found
}
