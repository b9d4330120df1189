import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A program of this folder as a process of its own, that is typed to, and whose lines are read. */
export class Terminal {
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  readonly #ended: Promise<unknown>

  constructor(program: string, ...programArguments: string[]) {
    const file = fileURLToPath(new URL(`./${program}.js`, import.meta.url))
    this.#child = spawn(process.execPath, [file, ...programArguments], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#ended = once(this.#child, 'close')
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.#lines.push(line)
      this.#child.emit('line')
    })
  }

  /** What it has shown so far. */
  get lines(): readonly string[] {
    return this.#lines
  }

  types(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }

  /** Settles with the first line that begins so, as soon as there is one. */
  async shows(beginning: string): Promise<string> {
    for (;;) {
      const line = this.#lines.find((each) => each.startsWith(beginning))
      if (line !== undefined) return line
      if (
        (await Promise.race([once(this.#child, 'line'), this.#ended.then(() => 'ended')])) ===
        'ended'
      )
        throw new Error(`It ended without "${beginning}"`)
    }
  }

  /** Settles when the process is no more. */
  async ends(signal?: NodeJS.Signals): Promise<void> {
    if (signal !== undefined) this.#child.kill(signal)
    await this.#ended
  }
}
