import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { urlOf } from './suiteModule.ts'

const support = (name: string): string =>
  new URL(`../dist/support/${name}.js`, import.meta.url).href

/** A process with a peer in it, which says in lines what it does, and can be stopped and killed. */
export class PeerProcess {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #exited: Promise<unknown>

  /**
   * @param source the main module, in which `ringpost` is the library, `stamped` and `ledger` are the
   *   modules of these names, and `data` is what is given here
   */
  constructor(source: string, data: unknown) {
    const prelude = `
      const ringpost = await import(${JSON.stringify(urlOf('@ringpost/transport'))})
      const stamped = await import(${JSON.stringify(support('stamped'))})
      const ledger = await import(${JSON.stringify(support('ledger'))})
      const data = ${JSON.stringify(data)}
    `
    this.#child = spawn(
      process.execPath,
      ['--no-warnings', '--input-type=module', '--eval', prelude + source],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    this.#exited = once(this.#child, 'exit')
    this.#lines = createInterface(this.#child.stdout!)[Symbol.asyncIterator]()
  }

  /** The next line that it prints. @throws {Error} it has ended */
  async line(): Promise<string> {
    const { done, value } = await this.#lines.next()
    if (done === true) throw new Error('the process of the peer has ended')
    return value
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal)
  }

  /** Resolves when there is nothing left of it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }
}
