import { Context } from './context.ts'
import { findOrAnnounce } from './discovery.ts'

let own: Context | undefined

const buffer = findOrAnnounce(() => {
  own = new Context()
  return own.handle.ringpost
})

/** The context of this process, shared by all of its threads. */
export const context: Context =
  own?.handle.ringpost === buffer ? own : Context.from({ ringpost: buffer })
