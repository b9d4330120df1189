/** The task of the pool that is measured. */
export default (value: number): number => value
