const { Dealer } = require('zeromq')

/** An option under a name of its own, by the number that libzmq has for it. */
class PatientDealer extends Dealer {
  get patience() {
    return this.getInt32Option(66)
  }

  set patience(milliseconds) {
    this.setInt32Option(66, milliseconds)
  }
}

const sock = new PatientDealer({ sendHighWaterMark: 456 })
console.log(sock.patience, sock.sendHighWaterMark)
sock.patience = 1000
console.log(sock.handshakeInterval)
sock.close()
