import { Context } from './context.ts'
import { findOrAnnounce } from './process.ts'

let made: Context | undefined

const buffer = findOrAnnounce(() => {
  made = new Context()
  return made.handle.ringpost
})

/** The context of this process, shared by all of its threads. */
export const context: Context = made ?? Context.from({ ringpost: buffer })
