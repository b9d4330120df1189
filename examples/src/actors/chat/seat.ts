// A seat in a room of the server: what a user has there, for as long as the user's node is there

import { defineActor, type ActorRef } from '@ringpost/actors'

/** What the room's topics are about. Their names are the room's, a slash, and one of these. */
export type Kind = 'subject' | 'people' | 'talk'

/** An actor of the user's node. */
export interface Screen {
  show(kind: Kind, text: string): void
}

export const seat = defineActor(
  import.meta.url,
  'seat',
  async (ctx, user: string, room: string, screen: ActorRef<Screen>) => {
    const publish = (kind: Kind, text: string): void =>
      // Who comes later is told the last subject, and nothing else of what was.
      ctx.topics.publish(`${room}/${kind}`, text, { keep: kind === 'subject' })

    const show = (text: string, topic: string): boolean =>
      screen.tell.show(topic.slice(room.length + 1) as Kind, text)
    await ctx.topics.subscribe<string>(`${room}/`, show, { last: true }).ready

    publish('people', `${user} has come`)
    // However it ends: a node that is gone takes the actors along that were spawned for it.
    ctx.onStop(() => publish('people', `${user} has left`))

    return {
      say: (text: string) => publish('talk', `${user}: ${text}`),
      name: (subject: string) => publish('subject', subject),
    }
  },
)
