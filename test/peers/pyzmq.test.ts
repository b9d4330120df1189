import { describeMatrix } from './matrix.ts'
import { ProcessLibrary } from './processLibrary.ts'

describeMatrix('pyzmq', () => ProcessLibrary.python())
