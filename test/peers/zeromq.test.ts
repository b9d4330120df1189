import { cases, describePeer, messages } from './matrix.ts'
import { ProcessLibrary } from './processLibrary.ts'

describePeer('zeromq.js in a process of its own', () => ProcessLibrary.node('zeromq'), cases, messages)
