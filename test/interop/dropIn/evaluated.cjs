const { Worker } = require('node:worker_threads')
const { Pull } = require('zeromq')

/** A thread made from a text, to which nothing is handed over, finds what is bound in this one. */
async function run() {
  const pull = new Pull()
  await pull.bind('inproc://greetings')
  const source = `
    const { Push } = require('zeromq')
    const push = new Push()
    push.connect('inproc://greetings')
    push.send('hello').then(() => push.close())
  `
  const thread = new Worker(source, { eval: true })
  const [greeting] = await pull.receive()
  console.log(String(greeting))
  pull.close()
  await new Promise((resolve) => thread.once('exit', resolve))
}

run().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
