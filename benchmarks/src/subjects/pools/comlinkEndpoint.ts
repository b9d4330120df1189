import adapter from 'comlink/dist/umd/node-adapter.js'

/** Its types say that it has a default export; it is a function. */
export const nodeEndpoint = adapter as unknown as typeof adapter.default
