import { Dealer, Proxy, Reply, Request, Router } from 'zeromq'

/** A proxy between clients and workers, for as many questions as there are clients. */
async function run(): Promise<void> {
  const proxy = new Proxy(new Router(), new Dealer())
  await proxy.frontEnd.bind('tcp://127.0.0.1:*')
  await proxy.backEnd.bind('tcp://127.0.0.1:*')
  const questions = proxy.frontEnd.lastEndpoint!
  const work = proxy.backEnd.lastEndpoint!
  const running = proxy.run()

  const workers = ['a', 'b'].map(() => new Reply({ linger: 0 }))
  const serving = workers.map(async (sock) => {
    sock.connect(work)
    for await (const [question] of sock) await sock.send(`${question!.toString()} is answered`)
  })

  const answers = ['first', 'second'].map(async (name) => {
    const sock = new Request({ receiveTimeout: 30_000 })
    sock.connect(questions)
    await sock.send(name)
    const [answer] = await sock.receive()
    sock.close()
    return String(answer)
  })

  for (const answer of await Promise.all(answers)) console.log(answer)
  for (const sock of workers) sock.close()
  await Promise.all(serving)
  proxy.terminate()
  await running
  console.log(proxy.frontEnd.closed && proxy.backEnd.closed)
}

await run()
