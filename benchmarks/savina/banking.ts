/** Accounts that transfer money to each other: each transfer is an ask within an ask. */
import { defineActor, type ActorRef } from '@ringpost/actors'
import { expectEqual, inTurn, patiently, program } from './program.ts'
import { Random } from './random.ts'

const SEED = 123_456
const BALANCE = 1_000_000
const MOST_AMOUNT = 1_000

interface Account {
  credit(amount: number, to: ActorRef<Account>): Promise<void>
  debit(amount: number): void
  balance(): number
}

const account = defineActor(import.meta.url, 'account', (): Account => {
  let balance = BALANCE
  return {
    async credit(amount, to) {
      balance -= amount
      await to.with(patiently).ask.debit(amount)
    },
    debit: (amount) => void (balance += amount),
    balance: () => balance,
  }
})

const teller = defineActor(import.meta.url, 'teller', (ctx) => ({
  /** What all accounts have in the end. */
  async run(hosts: number, accounts: number, transfers: number) {
    const all = await Promise.all(
      Array.from({ length: accounts }, (_, place) =>
        ctx.spawn(account.with({ host: inTurn(place, hosts) })),
      ),
    )
    const patient = all.map((each) => each.with(patiently))
    const random = new Random(SEED)
    const done: Promise<void>[] = []
    for (let n = 0; n < transfers; n++) {
      // From a lower one to a higher one: two that waited for each other would wait for ever.
      const from = random.below((accounts / 10) * 8)
      const to = from + Math.max(1, random.below(accounts - from))
      const amount = random.below(MOST_AMOUNT)
      done.push(patient[from]!.ask.credit(amount, all[to]!))
    }
    await Promise.all(done)
    const balances = await Promise.all(patient.map((each) => each.ask.balance()))
    return balances.reduce((sum, balance) => sum + balance)
  },
}))

export const banking = program<{ accounts: number; transfers: number }>({
  parameters: { accounts: 1_000, transfers: 50_000 },
  small: { accounts: 1_000, transfers: 5_000 },
  async run(system, hosts, { accounts, transfers }) {
    await using all = await system.spawn(teller.with({ host: 1 }))
    const sum = await all.with(patiently).ask.run(hosts, accounts, transfers)
    expectEqual('money', sum, accounts * BALANCE)
  },
})
