import { describeMatrix, describeVersionThree } from './matrix.ts'
import { ProcessLibrary } from './processLibrary.ts'

describeMatrix('zeromq.js', () => ProcessLibrary.node('zeromq'))
describeVersionThree('libzmq 4.3.2', () => ProcessLibrary.node('zeromq-4.3.2'))
