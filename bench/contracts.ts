import { readFileSync } from 'node:fs';
import { events } from '@alluvium/contracts/catalogue';
import { loadSchemas } from '../tools/contracts/load-schemas.ts';
import { dialectAjv } from '../tools/contracts/render-validators.ts';
import { bundleAll, type Bundle } from './support/bundles.ts';
import { importTimesMs } from './support/import-time.ts';
import { below, machine, median, rounded, type Report, type Row } from './support/report.ts';

const EXAMPLES = new URL('../schemas/examples/', import.meta.url);
const ONE = 'chunks.created.v1';
const IMPORT_ROUNDS = 15;
const CALLS = 2000;
const BATCHES = 15;
/** A cold start of these functions takes some hundred milliseconds; validation is to be no part of it. */
const IMPORT_BOUND_MS = 5;
/** A thousandth of what one call of a service of AWS takes. */
const VALIDATE_BOUND_US = 5;

const schemas = loadSchemas();

const compileAtStart = (names: string[]): string => {
  const needed = schemas.filter(({ kind, name }) => kind === 'shared' || names.includes(name));
  const imports = needed.map(
    ({ kind, name }, index) =>
      `import s${String(index)} from '../../../../schemas/${kind}/${name}.schema.json' with { type: 'json' };`,
  );
  const ids = needed.flatMap(({ name, schema }) => (names.includes(name) ? [schema.$id ?? ''] : []));
  return `import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
${imports.join('\n')}
const ajv = new Ajv2020({ strict: false });
formats.default(ajv, ['uuid', 'date-time', 'uri']);
for (const schema of [${needed.map((_, index) => `s${String(index)}`).join(', ')}]) ajv.addSchema(schema);
const validators = ${JSON.stringify(ids)}.map((id) => ajv.getSchema(id));
export const handler = (event) => validators.map((validate) => validate(event));
`;
};

const SOURCES = {
  empty: 'export const handler = (event) => [event];\n',
  one: `import { chunksCreatedV1 } from '@alluvium/contracts';
export const handler = (event) => [chunksCreatedV1.open(event), chunksCreatedV1.closed(event)];
`,
  all: `import { documents, events } from '@alluvium/contracts/catalogue';
export const handler = (event) => [events, documents].flatMap((table) => Object.values(table).map(({ open, closed }) => [open(event), closed(event)]));
`,
  ajvOne: compileAtStart([ONE]),
  ajvAll: compileAtStart(schemas.filter(({ kind }) => kind !== 'shared').map(({ name }) => name)),
};

type Case = keyof typeof SOURCES;

const CASES: Record<Exclude<Case, 'empty'>, [string, string]> = {
  one: ['import one event', 'generated'],
  ajvOne: ['import one event', 'ajv compile at start'],
  all: ['import all contracts', 'generated'],
  ajvAll: ['import all contracts', 'ajv compile at start'],
};

const importRows = (bundles: Record<Case, Bundle>, timesMs: Record<Case, number>): Row[] =>
  (Object.keys(CASES) as (keyof typeof CASES)[]).map((name) => ({
    case: CASES[name][0],
    system: CASES[name][1],
    // What the empty bundle takes is Node's own.
    importMs: rounded(Math.max(0, timesMs[name] - timesMs.empty)),
    bundleKb: rounded((bundles[name].sizeBytes - bundles.empty.sizeBytes) / 1000),
  }));

const callMicroseconds = (validate: (value: unknown) => unknown, value: unknown): number => {
  const batches = Array.from({ length: BATCHES }, () => {
    const started = performance.now();
    for (let call = 0; call < CALLS; call += 1) validate(value);
    return ((performance.now() - started) * 1000) / CALLS;
  });
  return median(batches);
};

const validateRow = (system: string, validatorOf: (name: string) => (value: unknown) => unknown): Row => {
  const takenUs = Object.keys(events).flatMap((name) =>
    ['minimal', 'full'].map((size) => {
      const example: unknown = JSON.parse(readFileSync(new URL(`${name}/${size}.json`, EXAMPLES), 'utf8'));
      const validate = validatorOf(name);
      if (validate(example) !== true) throw new Error(`${name}/${size}.json is not valid.`);
      return callMicroseconds(validate, example);
    }),
  );
  return {
    case: 'validate an event',
    system,
    medianMicroseconds: rounded(median(takenUs)),
    worstMicroseconds: rounded(Math.max(...takenUs)),
  };
};

const validateRows = (): Row[] => {
  const ajv = dialectAjv(schemas.map(({ schema }) => schema));
  const idOf = (name: string): string => schemas.find((file) => file.name === name)?.schema.$id ?? '';
  const contractOf = (name: string) => events[name as keyof typeof events];
  return [
    validateRow('generated, consumer', (name) => contractOf(name).open),
    validateRow('generated, producer', (name) => contractOf(name).closed),
    validateRow('ajv compile at start', (name) => {
      const validate = ajv.getSchema(idOf(name));
      if (validate === undefined) throw new Error(`Ajv does not know ${name}.`);
      return (value) => validate(value);
    }),
  ];
};

const figure = (rows: Row[], name: string, system: string, key: string): number =>
  Number(rows.find((row) => row.case === name && row.system === system)?.[key]);

/** What generated validators cost: their import at a cold start, and a call. */
export const run = async (): Promise<Report> => {
  const bundles = await bundleAll(SOURCES);
  const names = Object.keys(bundles) as Case[];
  const files = Object.fromEntries(names.map((name) => [name, bundles[name].file])) as Record<Case, string>;
  const rows = [...importRows(bundles, importTimesMs(files, IMPORT_ROUNDS)), ...validateRows()];
  const importBar = (name: string) =>
    below(`${name}, ms`, figure(rows, name, 'generated', 'importMs'), IMPORT_BOUND_MS);
  const callBar = (role: string) => {
    const value = figure(rows, 'validate an event', `generated, ${role}`, 'medianMicroseconds');
    return below(`validate an event as ${role}, µs`, value, VALIDATE_BOUND_US);
  };
  const bars = [importBar('import one event'), callBar('consumer'), callBar('producer')];
  return { name: 'contracts', machine: machine(), rows, bars };
};
