/** How long each subject of the benchmarks of actors is warmed up, in milliseconds: the same for all. */
export const WARM_UP_MS = 1000
