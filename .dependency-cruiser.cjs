'use strict';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'services-are-islands',
      comment: 'Services talk by events and S3 pointers, never by code.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'The domain knows no AWS, no adapters, no handlers and no wiring.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/domain/' },
      to: { path: ['^services/[^/]+/src/(?!domain/)', '^packages/lambda-kit/', 'node_modules/@(aws|middy)'] },
    },
    {
      name: 'adapters-never-import-handlers',
      severity: 'error',
      from: { path: '^services/[^/]+/src/adapters/' },
      to: { path: '^services/[^/]+/src/handlers/' },
    },
    {
      name: 'packages-stand-alone',
      comment: 'A package knows nothing of those who use it.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(services|local|apps)/' },
    },
    {
      name: 'local-is-for-the-cli',
      comment: 'Crash tests start it; what verifies a deployment reads templates with it.',
      severity: 'error',
      from: { pathNot: '^(local|apps/cli|bench|tools/(crash-test|verify-deploy))/|/test/' },
      to: { path: '^local/' },
    },
    {
      name: 'one-door-to-the-bus',
      comment: 'Only lambda-kit puts events; the laptop cloud uses the client to set rules up.',
      severity: 'error',
      from: { pathNot: '^(packages/lambda-kit/|local/|packages/testkit/|contracts-test/)|/test/' },
      to: { path: 'node_modules/@aws-sdk/client-eventbridge' },
    },
    {
      name: 'testkit-is-for-tests',
      severity: 'error',
      from: { pathNot: '(^packages/testkit/|/test/|^contracts-test/|^bench/|^tools/(simulat|crash-test))' },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'no-deep-imports',
      comment: 'A package is entered through its exports.',
      severity: 'error',
      from: { path: '^(services|local|apps|tools|contracts-test|bench|packages/([^/]+))/' },
      to: {
        path: '^packages/([^/]+)/src/',
        pathNot: [
          '^packages/[^/]+/src/index\\.ts$',
          '^packages/contracts/src/generated/catalogue\\.ts$',
          '^packages/testkit/src/[^/]+\\.ts$',
          '^packages/vector-store/src/(exchange|internals)\\.ts$',
          '^packages/embedding/src/onnx\\.ts$',
          '^packages/$2/',
        ],
      },
    },
    {
      name: 'internals-are-for-benchmarks',
      severity: 'error',
      from: { pathNot: '^bench/' },
      to: { path: '^packages/vector-store/src/internals\\.ts$' },
    },
    {
      name: 'open-formats-stay-out-of-lambda',
      comment: 'Export and import bring libraries along that no function needs.',
      severity: 'error',
      from: { pathNot: '^(apps/cli|bench|packages/vector-store/(src/exchange|test))' },
      to: { path: '^packages/vector-store/src/exchange|node_modules/hyparquet' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.serverless|\\.alluvium)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
