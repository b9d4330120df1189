import fc from 'fast-check'

// The same runs for every mutant and at every time, so that the score says something of the tests;
// and no search for the smallest failure, of which nobody is told.
fc.configureGlobal({ seed: 1, endOnFailure: true })
