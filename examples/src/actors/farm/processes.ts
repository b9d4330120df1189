// The processes of the workers

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

export const startNode = (endpoint: string): ChildProcess =>
  start(process.execPath, pathOf('./nodeWorker.js'), endpoint)

export const startPython = (python: string, endpoint: string): ChildProcess =>
  start(python, pathOf('../../../python/actor_worker.py'), endpoint)

/** A Python with the bindings of libzmq and msgpack; undefined if there is none. */
export const findPython = (): string | undefined =>
  ['python3', '/usr/bin/python3'].find(
    (command) => spawnSync(command, ['-c', 'import zmq, msgpack']).status === 0,
  )

function start(command: string, ...commandArguments: string[]): ChildProcess {
  const child = spawn(command, commandArguments, { stdio: ['ignore', 'inherit', 'inherit'] })
  // It works until this process ends, which does not wait for it.
  child.unref()
  process.once('exit', () => child.kill())
  return child
}
