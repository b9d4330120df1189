import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ActorSystem, Listening, RemoteNode } from '@ringpost/actors'
import type { killer } from '../actors/chaosActors.ts'
import type { Random } from '../support/random.ts'

const program = fileURLToPath(new URL('./nodeProgram.js', import.meta.url))

/** A process, and what is connected of it. */
interface Member {
  readonly name: string
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  node: RemoteNode | undefined
  /** Whether something is being done to it. */
  isVictim: boolean
}

/** Processes with a node each, to which things are done; others take the places of those that end. */
export class NodeCrew {
  /** What was done to them, and how often. */
  readonly done = {
    'killed nodes': 0,
    'stopped nodes': 0,
    'silenced nodes': 0,
    'killed hosts of nodes': 0,
  }
  readonly #members = new Map<string, Member>()
  readonly #random: Random
  readonly #came: (node: RemoteNode) => void
  readonly #blunder: (what: string) => void
  readonly #underWay = new Set<Promise<void>>()
  #listening!: Listening
  #names = 0
  #isOver = false

  private constructor(
    random: Random,
    came: (node: RemoteNode) => void,
    blunder: (what: string) => void,
  ) {
    this.#random = random
    this.#came = came
    this.#blunder = blunder
  }

  /**
   * @param came told of each node that has connected
   * @param blunder told of what should not have happened
   */
  static async begin(
    system: ActorSystem,
    size: number,
    random: Random,
    came: (node: RemoteNode) => void,
    blunder: (what: string) => void,
  ): Promise<NodeCrew> {
    const crew = new NodeCrew(random, came, blunder)
    crew.#listening = await system.listen('tcp://127.0.0.1:*', {
      heartbeatMs: 500,
      goneAfterMs: 300,
      onNode: (node) => crew.#welcome(node),
    })
    for (let n = 0; n < size; n++) crew.#start()
    return crew
  }

  /** One that is connected, by chance. */
  any(): RemoteNode | undefined {
    const connected = this.#connected()
    return connected.length === 0 ? undefined : this.#random.pick(connected).node
  }

  /** Does something to one of them. */
  disturb(): void {
    const connected = this.#connected()
    if (this.#isOver || connected.length === 0) return
    const deed = this.#deedFor(this.#random.pick(connected))
    this.#underWay.add(deed)
    void deed.finally(() => this.#underWay.delete(deed))
  }

  /** Ends all of them, and what is being done. */
  async end(): Promise<void> {
    this.#isOver = true
    for (const member of this.#members.values()) {
      member.isVictim = true
      member.child.kill('SIGKILL')
    }
    await Promise.all([...this.#members.values()].map(({ ended }) => ended))
    await Promise.all(this.#underWay)
    this.#listening.close()
  }

  #connected(): Member[] {
    return [...this.#members.values()].filter(
      ({ node, isVictim }) => node?.isConnected === true && !isVictim,
    )
  }

  #start(): void {
    if (this.#isOver) return
    const name = `node ${++this.#names}`
    const child = spawn(process.execPath, [program, this.#listening.endpoint, name], {
      stdio: ['pipe', 'inherit', 'inherit'],
    })
    const ended = once(child, 'close')
    const member: Member = { name, child, ended, node: undefined, isVictim: false }
    this.#members.set(name, member)
    void ended.then(([code, signal]) => {
      this.#members.delete(name)
      if (!member.isVictim) this.#blunder(`${name} ended by itself: ${String(code ?? signal)}`)
      this.#start()
    })
  }

  #welcome(node: RemoteNode): void {
    const member = this.#members.get(node.name)
    if (member === undefined) return
    member.node = node
    this.#came(node)
  }

  async #deedFor(member: Member): Promise<void> {
    const chance = this.#random.below(10)
    if (chance < 4) await this.#killHost(member)
    else if (chance < 8) await this.#end(member, 'killed nodes', 'SIGKILL')
    else if (chance < 9) await this.#end(member, 'stopped nodes', 'SIGTERM')
    else await this.#silence(member)
  }

  async #end(
    member: Member,
    how: 'killed nodes' | 'stopped nodes',
    signal: NodeJS.Signals,
  ): Promise<void> {
    this.done[how]++
    member.isVictim = true
    member.child.kill(signal)
    await member.ended
  }

  /** It is heard nothing of, until it counts as gone; then it comes back. */
  async #silence(member: Member): Promise<void> {
    this.done['silenced nodes']++
    member.isVictim = true
    const down = member.node!.ref('/account').down()
    member.child.kill('SIGSTOP')
    await down
    member.child.kill('SIGCONT')
    member.isVictim = this.#isOver
  }

  async #killHost({ node }: Member): Promise<void> {
    this.done['killed hosts of nodes']++
    try {
      const victim = await node!.spawn<typeof killer>('killer')
      victim.tell.kill()
      await victim.down()
      // It was restarted on another host.
      await victim.stop({ drain: false })
    } catch (error) {
      // The host, or its node, was gone before.
      const { code } = error as { code?: string }
      if (!['EHOSTDOWN', 'ENOHOST', 'ENODEDOWN', 'ECLOSED'].includes(code ?? '')) throw error
    }
  }
}
