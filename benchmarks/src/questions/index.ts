import type { Question } from '../harness/question.ts'
import { actorAsk } from './actorAsk.ts'
import { actorCores } from './actorCores.ts'
import { actorFarm } from './actorFarm.ts'
import { actorSpawn } from './actorSpawn.ts'
import { actorTcpAsk } from './actorTcpAsk.ts'
import { actorTcpTell } from './actorTcpTell.ts'
import { actorTell } from './actorTell.ts'
import { connections } from './connections.ts'
import { fanOut } from './fanOut.ts'
import { flood } from './flood.ts'
import { idlePipes } from './idlePipes.ts'
import { roundTrip } from './roundTrip.ts'
import { savina } from './savina.ts'
import { spread } from './spread.ts'
import { tcp } from './tcp.ts'
import { tcpRoundTrip } from './tcpRoundTrip.ts'
import { tcpWeather } from './tcpWeather.ts'
import { throughput } from './throughput.ts'
import { turns } from './turns.ts'
import { valueBytes } from './values.ts'
import { weather } from './weather.ts'
import { wireCodec } from './wireCodec.ts'

/** What `pnpm bench actors` measures. */
const actors: readonly Question[] = [
  actorTell,
  actorAsk,
  actorFarm,
  actorCores,
  actorSpawn,
  actorTcpTell,
  actorTcpAsk,
]

/** Every benchmark, in the order in which they run. */
export const questions: readonly Question[] = [
  throughput,
  roundTrip,
  weather,
  spread,
  idlePipes,
  flood,
  turns,
  wireCodec,
  valueBytes,
  tcp,
  tcpRoundTrip,
  tcpWeather,
  fanOut,
  connections,
  ...actors,
  savina,
]

/** Several questions by one name. */
export const groups: Readonly<Record<string, readonly Question[]>> = { actors }
