import config from './jest.config.mjs';

const { testEnvironment, testTimeout, extensionsToTreatAsEsm, transform } = config;

/** The tests of `core/` alone, or the few that are named, in one process. */
const tests = process.env.FARSHORE_MUTATE ?? '**/*';

export default {
  testEnvironment,
  testTimeout,
  extensionsToTreatAsEsm,
  transform,
  roots: ['<rootDir>/core', '<rootDir>/test/core'],
  testMatch: [`<rootDir>/test/core/${tests}.test.ts`],
};
