/**
 * What subscribers send upstream to their publishers: a frame of `01 topic` to subscribe, `00 topic`
 * to cancel. DISH joins and leaves groups in the same way.
 *
 * @see RFC 29/PUBSUB, RFC 48/RADIO-DISH
 */
const Verb = { cancel: 0, subscribe: 1 } as const

export const NO_TOPIC: Uint8Array = new Uint8Array(0)

/** Numbers of the options that subscribe and cancel: ZMQ_SUBSCRIBE, ZMQ_UNSUBSCRIBE. */
export const topicOption = { subscribe: 6, unsubscribe: 7 } as const

export const subscription = (topic: Uint8Array): Buffer => frameOf(Verb.subscribe, topic)
export const cancellation = (topic: Uint8Array): Buffer => frameOf(Verb.cancel, topic)

/** Whether a frame subscribes or cancels; others are an application's own. */
export const isAboutTopic = (frame: Uint8Array): boolean =>
  frame.length > 0 && frame[0]! <= Verb.subscribe

/** Of a frame that is about a topic: whether it subscribes. */
export const isSubscription = (frame: Uint8Array): boolean => frame[0] === Verb.subscribe

/** Of a frame that is about a topic: which; a view. */
export const topicOf = (frame: Uint8Array): Uint8Array => frame.subarray(1)

function frameOf(verb: number, topic: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(topic.length + 1)
  frame[0] = verb
  frame.set(topic, 1)
  return frame
}
