/** What Node says when the system has no memory for a buffer. */
const NO_MEMORY = 'Array buffer allocation failed'

/**
 * Runs `act` as if the system had memory for so many more buffers and no more; whether it came to its
 * end. Where memory really runs out, so does that of the test.
 *
 * @param meanwhile what others do at the moment when there is no memory
 */
export function withMemoryFor(
  buffers: number,
  act: () => void,
  meanwhile: () => void = () => undefined,
): boolean {
  const allocate = Buffer.allocUnsafeSlow.bind(Buffer)
  let left = buffers
  Buffer.allocUnsafeSlow = (bytes) => {
    if (left-- > 0) return allocate(bytes)
    meanwhile()
    throw new RangeError(NO_MEMORY)
  }
  try {
    act()
    return true
  } catch (error) {
    if (error instanceof RangeError && error.message === NO_MEMORY) return false
    throw error
  } finally {
    Buffer.allocUnsafeSlow = allocate
  }
}
