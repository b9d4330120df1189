import { cases, describePeer, messages } from './matrix.ts'
import { ProcessLibrary } from './processLibrary.ts'

describePeer('pyzmq', () => ProcessLibrary.python(), cases, messages)
