import { describeSlice } from '../peers/matrix.ts'
import { ProcessLibrary } from '../peers/processLibrary.ts'

describeSlice('zeromq.js in another process', () => ProcessLibrary.node('zeromq'))
