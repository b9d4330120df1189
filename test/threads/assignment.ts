/** What a thread does until it is ended. */
export type Occupation = (typeof occupations)[number]
export const occupations = [
  'sends',
  'sends batches',
  'sends large messages',
  'sends what it allocates',
  'receives',
  'receives batches',
  'holds what is lent',
  'sends promises',
  'receives promises',
  'asks',
  'connects',
  'binds',
  'subscribes',
  'starts threads',
  'is blocked in a receive',
  'is blocked in a send',
] as const

/** How it ends by itself, if it does. */
export type Ending = 'terminated' | 'exits' | 'throws' | 'runs out of memory'

export interface Assignment {
  readonly occupation: Occupation
  readonly ending: Ending
  readonly seed: number
  /** Its messages say that they are of this sender; the next number is for those not counted. */
  readonly sender: number
  /** The step at which it ends by itself. */
  readonly lastStep: number
  /** Word 0: the steps it has taken; word 1: messages that were certainly sent. */
  readonly progress: Int32Array
}

/** Names that a parent, a bystander and the threads that end bind. */
export const names = {
  parentPull: 'inproc://parent-pull',
  parentPush: 'inproc://parent-push',
  parentReply: 'inproc://parent-reply',
  parentPublisher: 'inproc://parent-publisher',
  bystanderPull: 'inproc://bystander-pull',
  bystanderPush: 'inproc://bystander-push',
  /** Any of so many. */
  own: (i: number): string => `inproc://victim-${i}`,
  ownCount: 4,
} as const
