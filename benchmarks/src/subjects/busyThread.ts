/** A thread that computes until the process ends: a neighbour that takes its share of a core. */
let sum = 0
for (let n = 0; ; n = (n + 1) | 0) sum = (sum ^ n) + 1
