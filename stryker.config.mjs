// `npm run mutate`: changes what decides, one spot at a time, and asks whether a test notices.
export default {
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: { configFile: 'stryker.jest.config.mjs' },
  coverageAnalysis: 'perTest',
  mutate: [
    'core/*/decide-*.ts',
    'core/failover/{quorum,failover-gates,failover-transitions}.ts',
    'core/rollout/{find-candidate,rollout-transitions,service-health}.ts',
    'core/scaling/{propose-scaling,step-adjustment}.ts',
    'core/{decision-journal,lease,outbox,tag-policy}.ts',
  ],
  reporters: ['clear-text', 'json', 'progress'],
  jsonReporter: { fileName: '.farshore/mutation.json' },
  // Only what changed since the last run is tried again.
  incremental: true,
  incrementalFile: '.farshore/mutation-incremental.json',
  tempDirName: '.farshore/mutants',
  concurrency: 2,
  // A busy machine is no endless loop.
  timeoutMS: 60_000,
};
