import config from './jest.config.mjs';

const { testEnvironment, testTimeout, extensionsToTreatAsEsm, transform } = config;

/** The tests of `core/` alone, or of one part of it, in one process. */
const tests = `<rootDir>/test/core/${process.env.FARSHORE_MUTATE ?? ''}`;

export default {
  testEnvironment,
  testTimeout,
  extensionsToTreatAsEsm,
  transform,
  roots: ['<rootDir>/core', tests],
};
