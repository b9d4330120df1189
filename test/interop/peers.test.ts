import { describePeer, shortMessages, slice } from '../peers/matrix.ts'
import { ProcessLibrary } from '../peers/processLibrary.ts'

describePeer('zeromq.js in a process', () => ProcessLibrary.node('zeromq'), slice, shortMessages)
