import type { Directive, During, FailedChild, Policy, Strategy } from './options.ts'

/** Whom the restart of `failed` concerns, in the order in which they were spawned. */
export function concerned<T>(strategy: Strategy, children: readonly T[], failed: T): readonly T[] {
  switch (strategy) {
    case 'one-for-one':
      return [failed]
    case 'one-for-all':
      return children
    case 'rest-for-one':
      return children.slice(children.indexOf(failed))
  }
}

/** What to do with a child that has failed. What `decide` throws is thrown. */
export function directiveFor({ decide }: Policy, error: unknown, child: FailedChild): Directive {
  const { during } = child
  const directive = decide?.(error, child) ?? (during === 'ask' ? 'resume' : 'restart')
  return directive === 'resume' && !canResume(during) ? 'restart' : directive
}

/** Whether there is something left to go on with. */
const canResume = (during: During): boolean => during !== 'start' && during !== 'host'
