/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/jest.environment.mjs'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  testMatch: ['**/test/**/*.test.ts', '<rootDir>/contracts-test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/\\.alluvium/'],
  modulePathIgnorePatterns: ['/dist/', '/\\.alluvium/', '/\\.serverless/'],
  maxWorkers: 2,
  testTimeout: 30_000,
};
