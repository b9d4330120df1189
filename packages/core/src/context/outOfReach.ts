import { SocketError } from '../errors.ts'
import { Context, enter, type ContextHandle, type Membership } from './context.ts'
import { readContextWord, writeContextWord } from './contextOptions.ts'

/**
 * In place of the context of the process, in a thread that knows that another one has it and was given no
 * answer. A context of its own would be worse: what is sent in it reaches nobody, and nobody learns why.
 *
 * Loading the library does not fail, for a thread may use contexts that were handed to it.
 */
export class ContextOutOfReach extends Context {
  override get handle(): ContextHandle {
    throw outOfReach()
  }

  override shutdown(): void {
    throw outOfReach()
  }

  /** @internal */
  override [enter](): Membership {
    throw outOfReach()
  }

  override [readContextWord](): number {
    throw outOfReach()
  }

  override [writeContextWord](): void {
    throw outOfReach()
  }
}

const outOfReach = (): SocketError =>
  new SocketError('EFAULT', {
    message:
      'Another thread has the context of this process, and did not answer when this thread asked for it: ' +
      'import the library in the main thread before workers are started, ' +
      'or hand `context.handle` over and use `Context.from(handle)`',
  })
