/** The import rules of ARCHITECTURE.md, as checks. */
const SERVICES = 'ingest|transcriber|retention';
const sdkOnlyIn = (name, packages, places) => ({
  name: `${name}-only-in-adapters`,
  comment: `${packages} is an adapter's business: depend on the port instead.`,
  severity: 'error',
  from: { pathNot: [...places, '\\.test\\.ts$', '^test/'] },
  to: { path: `node_modules/(${packages})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'services-never-import-each-other',
      severity: 'error',
      from: { path: `^services/(${SERVICES})/` },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'services-import-shared-alone',
      comment: 'The simulator, the standalone, the command line and the tests stand outside of the services.',
      severity: 'error',
      from: { path: '^services/', pathNot: '\\.test\\.ts$|/src/testing/' },
      to: { path: '^(packages/(simulator|standalone|cli)|test)/' },
    },
    {
      name: 'services-run-without-their-test-support',
      severity: 'error',
      from: { path: '^(services|packages)/', pathNot: '\\.test\\.ts$|/src/testing/' },
      to: { path: '^services/[^/]+/src/testing/' },
    },
    {
      name: 'shared-imports-no-service',
      severity: 'error',
      from: { path: '^packages/shared/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(services|test|packages/(simulator|standalone|cli))/' },
    },
    {
      name: 'simulator-stands-alone',
      severity: 'error',
      from: { path: '^packages/simulator/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(services|test|packages/(shared|standalone|cli))/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^test/|\\.test\\.ts$' },
    },
    {
      name: 'domain-is-pure',
      comment:
        'A domain folder imports itself, the event contracts, what is pure of policies, providers, faults and numbers, and zod.',
      severity: 'error',
      from: { path: '/domain/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot: [
          '/domain/',
          '^packages/shared/src/events/',
          '^packages/shared/src/policy/(effective|jurisdictions|overlap|period|policy-schema)\\.ts$',
          '^packages/shared/src/transcription/provider-capabilities\\.ts$',
          '^packages/shared/src/config/(nearest|word-fault)\\.ts$',
          '^packages/shared/src/telephony/phone-like\\.ts$',
          'node_modules/zod/',
          'node:(crypto|buffer)',
          '^(crypto|buffer)$',
        ],
      },
    },
    {
      name: 'use-cases-know-no-http',
      comment: 'Dependencies point one way: http and on-* call use cases, never the reverse.',
      severity: 'error',
      from: {
        path: '^services/[^/]+/src/((accept|archive|set|transcribe|change)-[^/]*\\.ts$|(clearance|deletions|erasures|holds|policies)/)',
        pathNot: '\\.test\\.ts$',
      },
      to: { path: '^services/[^/]+/src/(http/|on-|service|main)' },
    },
    sdkOnlyIn('kafkajs', 'kafkajs', ['^packages/shared/src/event-log/kafka/']),
    sdkOnlyIn('aws', '@aws-sdk', ['^packages/shared/src/object-store/']),
    sdkOnlyIn('deepgram', '@deepgram', ['^services/transcriber/src/adapters/']),
    sdkOnlyIn('opentelemetry-sdk', '@opentelemetry/(?!api)[^/]+', ['^packages/shared/src/telemetry/tracing/sdk']),
    sdkOnlyIn('twilio', 'twilio', ['^packages/shared/src/twilio/', '^services/ingest/src/http/']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)node_modules/(?!twilio|kafkajs|@aws-sdk|@deepgram|@opentelemetry|zod)|^\\.cache|^data' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
