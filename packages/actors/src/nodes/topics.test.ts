import { afterEach, describe, expect, it } from 'vitest'
import { Cable } from './testing/cable.test-support.ts'
import { counter, Nodes } from './testing/nodes.test-support.ts'
import type { TopicRights } from './topicsDesk.ts'

const nodes = new Nodes()
const cables: Cable[] = []
afterEach(async () => {
  await nodes.close()
  for (const cable of cables.splice(0)) cable.close()
})

async function pair(topics?: TopicRights) {
  const server = await nodes.start()
  const listening = await server.listen('tcp://127.0.0.1:*', {
    ...(topics === undefined ? {} : { topics }),
    goneAfterMs: 10_000,
  })
  const cable = await Cable.to(listening.endpoint)
  cables.push(cable)
  const client = await nodes.start()
  const node = await client.connect(cable.endpoint, { goneAfterMs: 10_000 })
  return { server, client, node, listening, cable }
}

const all: TopicRights = { subscribe: [''], publish: [''] }

describe('topics of another node', () => {
  it('are subscribed to by their beginning, with their last values', async () => {
    const { server, node } = await pair(all)
    server.topics.publish('weather.rome', 38, { keep: true })
    server.topics.publish('news', 'none', { keep: true })
    const weather = node.topics.subscribe<number>('weather.', { last: true })
    expect((await weather.next()).value).toEqual(['weather.rome', 38])
    server.topics.publish('news', 'some')
    server.topics.publish('weather.oslo', 21)
    expect((await weather.next()).value).toEqual(['weather.oslo', 21])
    await weather.return()
  })

  it('are published to', async () => {
    const { server, node } = await pair(all)
    using read = server.topics.subscribe('report')
    await read.ready
    expect(node.topics.publish('report', { n: 1 })).toBe(true)
    expect((await read.next()).value).toEqual(['report', { n: 1 }])
  })

  it('go on after a connection was lost', async () => {
    const { server, node, cable } = await pair(all)
    server.topics.publish('state', 1, { keep: true })
    const states = node.topics.subscribe('state', { last: true })
    expect((await states.next()).value).toEqual(['state', 1])
    const next = states.next()
    cable.cut()
    await expect.poll(() => node.isConnected).toBe(false)
    server.topics.publish('state', 2, { keep: true })
    cable.mend()
    expect((await next).value).toEqual(['state', 2])
    await states.return()
  })

  it('end with the node, and with a signal', async () => {
    const { server, node } = await pair(all)
    const reason = new Error('enough')
    const controller = new AbortController()
    const stopped = node.topics.subscribe('a', { signal: controller.signal })
    const lost = node.topics.subscribe('a')
    const ends = [stopped.next(), lost.next()]
    controller.abort(reason)
    await expect(ends[0]).rejects.toBe(reason)
    await server.close()
    await expect(ends[1]).rejects.toMatchObject({ code: 'ENODEDOWN' })
  })
})

describe('a node that was not told to let others at its topics', () => {
  it('refuses', async () => {
    const { node, listening, server } = await pair()
    await expect(node.topics.subscribe('').next()).rejects.toMatchObject({ code: 'EDENIED' })
    using read = server.topics.subscribe('')
    const before = listening.dropped
    node.topics.publish('report', 1)
    await expect.poll(() => listening.dropped).toBe(before + 1)
    expect(read.length).toBe(0)
  })

  it('refuses what it was not told of', async () => {
    const { node, listening } = await pair({ subscribe: ['weather.'], publish: ['report.'] })
    for (const prefix of ['', 'weather', 'report.'])
      await expect(node.topics.subscribe(prefix).next()).rejects.toMatchObject({ code: 'EDENIED' })
    const before = listening.dropped
    node.topics.publish('weather.rome', 1)
    await expect.poll(() => listening.dropped).toBe(before + 1)
  })

  it('lets nobody take the place of its topics', async () => {
    const { server } = await pair()
    await using actor = await server.spawn(counter, 1)
    expect(() => server.expose('$topics', actor)).toThrow('cannot be exposed')
  })
})
