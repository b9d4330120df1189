import * as workerThreads from 'node:worker_threads'

// Not there before Node 22.10.
const { markAsUncloneable } = workerThreads as {
  markAsUncloneable?: (value: object) => void
}

/**
 * Objects that belong to their thread: sending one to another thread fails at once with a
 * DataCloneError, where a plain object would arrive there empty.
 *
 * Node 20 cannot mark objects, so there they are WeakSets underneath, which no clone accepts.
 */
export class Uncloneable {
  constructor() {
    if (markAsUncloneable === undefined) {
      return Object.setPrototypeOf(new WeakSet(), new.target.prototype) as Uncloneable
    }
    markAsUncloneable(this)
  }
}
