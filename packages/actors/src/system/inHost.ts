/** Whether this thread is a host's. */
let isHost = false

export const becomeHost = (): void => {
  isHost = true
}

export const isInHost = (): boolean => isHost
