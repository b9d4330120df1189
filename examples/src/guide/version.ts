// Reports which ZeroMQ the sockets behave like, and the version of Ringpost itself

import { ringpostVersion, version } from '@ringpost/transport'

console.log(`Current ZeroMQ version is ${version} (Ringpost ${ringpostVersion})`)
