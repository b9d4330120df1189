import * as workerThreads from 'node:worker_threads'

// Not there before Node 22.10.
const { markAsUncloneable } = workerThreads as {
  markAsUncloneable?: (value: object) => void
}

/** No clone takes a WeakSet; its methods are not for users to see. */
class UncloneableByNature extends WeakSet {}
Object.setPrototypeOf(UncloneableByNature.prototype, Object.prototype)

class UncloneableByMark {
  constructor() {
    markAsUncloneable?.(this)
  }
}

/**
 * Objects that belong to their thread: sending one to another thread fails at once with a
 * DataCloneError, where a plain object would arrive there empty.
 *
 * Node 20 cannot mark objects, so there they are WeakSets underneath: a subclass and not an object
 * whose prototype is changed, which V8 would keep in its slow form.
 *
 * Where objects are made with each message, that takes longer than all the rest. They have a property
 * instead, the first, whose value is one of these, the same for all of them.
 */
export const Uncloneable = (
  markAsUncloneable === undefined ? UncloneableByNature : UncloneableByMark
) as new () => object
