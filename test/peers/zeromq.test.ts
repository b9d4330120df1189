import { asVersionTwo } from '../support/recording.ts'
import { type Case, cases, casesOfVersionTwo, describePeer, messages, slice } from './matrix.ts'
import { ProcessLibrary } from './processLibrary.ts'

const start = () => ProcessLibrary.node('zeromq')

describePeer('zeromq.js', start, cases, messages)
describePeer('zeromq.js, in ZMTP 2.0', start, casesOfVersionTwo, messages, asVersionTwo)

/** The XPUB of libzmq 4.3.2 crashes when an XSUB, its own too, says anything but subscriptions. */
const isSurvived = ({ pattern, place }: Case): boolean =>
  pattern.types[place] !== 'XSUB' || pattern.types[1 - place] !== 'XPUB'

describePeer(
  'libzmq 4.3.2, which speaks ZMTP 3.0',
  () => ProcessLibrary.node('zeromq-4.3.2'),
  slice.filter(isSurvived),
  messages,
)
