const settled = Promise.resolve()

/**
 * Calls back after what runs now, before the event loop turns: as `queueMicrotask` does, which makes an
 * object and runs the hooks of asynchronous resources for each call, and takes five times as long.
 */
export function soon(act: () => void): void {
  // What it throws is an unhandled rejection, which ends the process as well.
  void settled.then(act)
}
