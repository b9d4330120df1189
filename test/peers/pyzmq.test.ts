import { asVersionTwo } from '../support/recording.ts'
import { cases, casesOfVersionTwo, describePeer, messages } from './matrix.ts'
import { ProcessLibrary } from './processLibrary.ts'

const start = () => ProcessLibrary.python()

describePeer('pyzmq', start, cases, messages)
describePeer('pyzmq, in ZMTP 2.0', start, casesOfVersionTwo, messages, asVersionTwo)
