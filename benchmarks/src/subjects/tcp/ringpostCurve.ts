import { curvePublicKey, Pull, Push } from '@ringpost/transport'
import { pullBatches, pushBatches } from '../throughput/ringpostBatchPromises.ts'
import type { ThroughputSubject } from '../throughput/throughputSubject.ts'

/** Of the examples in the documentation of libzmq, and nobody's: both processes know them. */
const serverSecretKey = 'JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6'
const clientSecretKey = 'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs'

/** Batches, encrypted. */
export const subject: ThroughputSubject = {
  openSender({ endpoint, size }) {
    const push = new Push({
      curveServerKey: curvePublicKey(serverSecretKey),
      curvePublicKey: curvePublicKey(clientSecretKey),
      curveSecretKey: clientSecretKey,
    })
    push.connect(endpoint)
    return pushBatches(push, size)
  },
  openReceiver({ endpoint }) {
    const pull = new Pull({ curveServer: true, curveSecretKey: serverSecretKey })
    pull.bindSync(endpoint)
    return pullBatches(pull)
  },
}
