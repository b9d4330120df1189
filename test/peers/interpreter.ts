import { spawnSync } from 'node:child_process'

/** A Python that has the module, which Debian's package `python3-zmq` or `python3-msgpack` brings. */
export function python(module: 'zmq' | 'msgpack' = 'zmq'): string {
  const found = ['python3', '/usr/bin/python3'].find(
    (command) => spawnSync(command, ['-c', `import ${module}`]).status === 0,
  )
  if (found === undefined)
    throw new Error(`no Python with ${module}; Debian: apt-get install python3-${module}`)
  return found
}
