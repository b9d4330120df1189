// A picture of 24 MB goes to another thread and not one of its bytes is copied: it is painted
// in memory that all threads share, and looked at where it lies.

import { isMainThread, Worker } from 'node:worker_threads'
import { context, Pull, Push } from '@ringpost/core'

const width = 4000
const height = 2000

if (isMainThread) {
  const pictures = new Push()
  await pictures.bind('inproc://pictures')
  new Worker(new URL(import.meta.url))

  const picture = context.allocate(width * height * 3)
  picture.data.fill(0x40)
  await pictures.send(picture) // From here on it belongs to the receiver.
  pictures.close()
} else {
  const pictures = new Pull()
  pictures.connect('inproc://pictures')

  const [picture] = pictures.receiveSharedSync()
  const brightness = picture!.data.reduce((sum, value) => sum + value, 0) / picture!.length
  console.log(`${picture!.length} bytes, brightness ${brightness}`)
  picture!.release() // Gives the memory back; the data must not be used any more.
  pictures.close()
}

// Prints:
//
//   24000000 bytes, brightness 64
