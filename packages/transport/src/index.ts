export * from '@ringpost/core'
