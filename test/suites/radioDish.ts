import { describe, expect, it } from 'vitest'
import { failureOf, failures, thrownBy } from '../support/suiteErrors.ts'
import { itWith, numbers, take, takeNote, useStage } from '../support/suiteStage.ts'
import type { Frame, MessageLike } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** RFC 48/RADIO-DISH: publishing to groups that match exactly, in single frames. */
export function describeRadioDish(subject: Subject): void {
  describe('RADIO and DISH', () => {
    const stage = useStage(subject)
    const itExact = itWith(subject, 'exactHighWaterMark')

    it('move a message to those who joined its group', async () => {
      const endpoint = stage.endpoint()
      const radio = stage.open('Radio')
      await radio.bind(endpoint)
      const dish = stage.open('Dish')
      dish.join('Movies')
      dish.connect(endpoint)
      await stage.hears(radio, dish)
      await radio.send('nobody listens', { group: 'TV' })
      await radio.send('Godfather', { group: 'Movies' })
      const [message, options] = await dish.receive()
      expect([String(message), String(options.group)]).toEqual(['Godfather', 'Movies'])
    })

    it('match groups exactly, not by prefix', async () => {
      const endpoint = stage.endpoint()
      const radio = stage.open('Radio')
      await radio.bind(endpoint)
      const [dish] = await stage.farPeers('Dish', 1, endpoint)
      await dish!.join('AB', 'end')
      await stage.hears(radio, dish!)
      for (const group of ['A', 'ABC', '', 'AB', 'end']) await radio.send(group, { group })
      expect((await dish!.take(2)).map((message) => String(message[0]))).toEqual(['AB', 'end'])
    })

    it('join after connecting, and leave', async () => {
      const endpoint = stage.endpoint()
      const radio = stage.open('Radio')
      await radio.bind(endpoint)
      const [dish] = await stage.farPeers('Dish', 1, endpoint)
      await dish!.join('A', 'B')
      await stage.hears(radio, dish!)
      await radio.send('1', { group: 'A' })
      expect(String((await dish!.receive())[0])).toBe('1')
      await dish!.leave('A')
      await stage.hears(radio, dish!)
      await radio.send('2', { group: 'A' })
      await radio.send('3', { group: 'B' })
      expect(String((await dish!.receive())[0])).toBe('3')
    })

    it('give a message to every DISH of its group', async () => {
      const endpoint = stage.endpoint()
      const radio = stage.open('Radio')
      await radio.bind(endpoint)
      const dishes = await stage.farPeers('Dish', 3, endpoint)
      for (const dish of dishes) await dish.join('A')
      await stage.hears(radio, ...dishes)
      await radio.send('to all', { group: 'A' })
      for (const dish of dishes) expect(String((await dish.receive())[0])).toBe('to all')
    })

    it('let the DISH bind and the RADIO connect', async () => {
      const endpoint = stage.endpoint()
      const dish = await stage.far('Dish')
      await dish.join('A')
      await dish.bind(endpoint)
      const radio = stage.open('Radio')
      radio.connect(endpoint)
      await dish.get('readable')
      await stage.hears(radio, dish)
      await radio.send('x', { group: 'A' })
      expect(String((await dish.receive())[0])).toBe('x')
    })

    it('take groups of up to 255 bytes, the empty one too', async () => {
      const endpoint = stage.endpoint()
      const radio = stage.open('Radio')
      await radio.bind(endpoint)
      const dish = stage.open('Dish')
      dish.connect(endpoint)
      for (const group of ['', 'g', 'g'.repeat(16), Buffer.alloc(255, 'g')]) {
        dish.join(group)
        await stage.hears(radio, dish)
        await radio.send('x', { group })
        const [, options] = await dish.receive()
        expect(String(options.group)).toBe(String(group))
      }
    })

    it('refuse a group of more than 255 bytes', async () => {
      const tooLong = 'g'.repeat(256)
      const dish = stage.open('Dish')
      const radio = stage.open('Radio')
      expect(thrownBy(() => dish.join(tooLong))).toMatchObject(failures.invalid)
      const failure = await failureOf(() => radio.send('x', { group: tooLong }))
      expect(failure).toMatchObject(failures.invalid)
    })

    it('refuse to join a group twice, and to leave one that was not joined', () => {
      const dish = stage.open('Dish')
      dish.join('A')
      expect(thrownBy(() => dish.join('A'))).toMatchObject(failures.invalid)
      expect(thrownBy(() => dish.leave('B'))).toMatchObject(failures.invalid)
      dish.leave('A')
      expect(thrownBy(() => dish.leave('A'))).toMatchObject(failures.invalid)
      dish.join('A')
    })

    it('refuse messages of several frames', async () => {
      const radio = stage.open('Radio')
      const several = ['a', 'b'] as unknown as MessageLike
      expect(await failureOf(() => radio.send(several, { group: 'A' }))).toMatchObject(
        failures.invalid,
      )
    })

    it('drop what nobody listens to, and never wait', async () => {
      const radio = stage.open('Radio')
      for (const number of numbers(0, 2000)) await radio.send(number, { group: 'A' })
      expect(radio.writable).toBe(true)
    })

    itExact('drop what does not fit into the queue of a slow DISH', async () => {
      const endpoint = stage.endpoint()
      const radio = stage.open('Radio', { sendHighWaterMark: 2 })
      await radio.bind(endpoint)
      const dish = stage.open('Dish', { receiveHighWaterMark: 1 })
      dish.join('A')
      dish.connect(endpoint)
      takeNote(radio)
      for (const number of numbers(0, 10)) await radio.send(number, { group: 'A' })
      expect(bodies(await take(dish, 3))).toEqual(numbers(0, 3))
      takeNote(radio)
      await radio.send('again', { group: 'A' })
      expect(bodies(await take(dish, 1))).toEqual(['again'])
    })
  })
}

function bodies(messages: [Frame, { group: Buffer }][]): string[] {
  return messages.map(([body]) => String(body))
}
