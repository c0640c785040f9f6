/** Scenarios played in virtual time, hundreds of random image graphs, and cfn-lint. */
const long = ['simulation/', 'cli/rehearse/', 'registry/copy-graphs', 'lib/cfn-lint'].map(
  (name) => `<rootDir>/test/${name}`,
);

export default {
  testEnvironment: 'node',
  // No test asserts a time; this only ends one that hangs, on a busy machine too.
  testTimeout: 30_000,
  // Two processes even on two cores: in one, every suite's copy of aws-cdk-lib stays in memory.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // What takes minutes has a command of its own, `npm run test:long`, which CI runs too.
  testPathIgnorePatterns: process.env.FARSHORE_LONG === '1' ? [] : long,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/dist'],
  watchPathIgnorePatterns: ['<rootDir>/.farshore'],
};
