import { spawnSync } from 'node:child_process'

type Module = 'zmq' | 'msgpack'

/** A Python that has the modules, which Debian's packages `python3-zmq` and `python3-msgpack` bring. */
export function python(...modules: [Module, ...Module[]]): string {
  const found = ['python3', '/usr/bin/python3'].find(
    (command) => spawnSync(command, ['-c', `import ${modules.join(', ')}`]).status === 0,
  )
  if (found !== undefined) return found
  const packages = modules.map((module) => `python3-${module}`).join(' ')
  throw new Error(`no Python with ${modules.join(' and ')}; Debian: apt-get install ${packages}`)
}
