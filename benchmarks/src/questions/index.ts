import type { Question } from '../harness/question.ts'
import { actorAsk } from './actorAsk.ts'
import { actorPool } from './actorPool.ts'
import { actorSpawn } from './actorSpawn.ts'
import { actorTell } from './actorTell.ts'
import { connections } from './connections.ts'
import { fanOut } from './fanOut.ts'
import { flood } from './flood.ts'
import { idlePipes } from './idlePipes.ts'
import { roundTrip } from './roundTrip.ts'
import { spread } from './spread.ts'
import { tcp } from './tcp.ts'
import { tcpRoundTrip } from './tcpRoundTrip.ts'
import { tcpWeather } from './tcpWeather.ts'
import { throughput } from './throughput.ts'
import { valueBytes } from './values.ts'
import { weather } from './weather.ts'
import { wireCodec } from './wireCodec.ts'

/** Every benchmark, in the order in which they run. */
export const questions: readonly Question[] = [
  throughput,
  roundTrip,
  weather,
  spread,
  idlePipes,
  flood,
  wireCodec,
  valueBytes,
  tcp,
  tcpRoundTrip,
  tcpWeather,
  fanOut,
  connections,
  actorTell,
  actorAsk,
  actorPool,
  actorSpawn,
]
