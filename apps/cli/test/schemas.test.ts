import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonSchema } from '@alluvium/schema-diff';
import { outline } from '../src/schemas/outline.ts';
import { runAlluvium } from './support/run-alluvium.ts';

const SCHEMAS = new URL('../../../schemas/', import.meta.url);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-schemas-'));
});
afterAll(() => rm(folder, { recursive: true }));

const schemas = (args: string[], stdin = '') => runAlluvium(folder, ['schemas', ...args], stdin);

const readJson = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(path, SCHEMAS), 'utf8'));
const example = (name: string): Promise<unknown> => readJson(`examples/${name}/minimal.json`);
const widest = (output: string): number => Math.max(...output.split('\n').map((line) => line.length));

/** Writes a changed copy of a schema to the folder. */
const changed = async (edit: (data: JsonSchema) => void): Promise<string> => {
  const schema = (await readJson('events/run.sealed.v1.schema.json')) as JsonSchema;
  edit(schema.properties!['data']!);
  await writeFile(join(folder, 'changed.schema.json'), JSON.stringify(schema));
  return 'changed.schema.json';
};

/** An event as EventBridge delivers it. */
const delivered = async (
  edit: (data: Record<string, unknown>) => void = () => undefined,
): Promise<string> => {
  const detail = (await example('chunks.created.v1')) as { data: Record<string, unknown> };
  edit(detail.data);
  return JSON.stringify({ version: '0', source: 'chunk', 'detail-type': 'chunks.created.v1', detail });
};

describe('alluvium schemas', () => {
  it.each(['', 'ls', 'show', 'check', 'diff'])('explains itself within 80 columns: %s', async (command) => {
    const { code, stdout } = await schemas([...(command === '' ? [] : [command]), '--help']);
    expect(code).toBe(0);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  it('lists name, kind and title', async () => {
    const { stdout } = await schemas(['ls', '--json']);
    const listed = (JSON.parse(stdout) as { schemas: unknown[] }).schemas;
    expect(listed).toContainEqual({ name: 'chunks.created.v1', kind: 'event', title: 'Chunks created' });
  });

  it('shows what a schema wants within 80 columns', async () => {
    const { code, stdout } = await schemas(['show', 'chunks.created']);
    expect(code).toBe(0);
    expect(stdout).toContain('data/runId');
    expect(stdout).toContain('integer, required, at least 0');
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  it('prints a schema that needs no other file', async () => {
    const { stdout } = await schemas(['show', 'chunks.created.v1', '--json']);
    const refs = [...stdout.matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref]) => ref);
    expect(refs.length).toBeGreaterThan(0);
    expect(refs.filter((ref) => !ref!.startsWith('#/$defs/'))).toEqual([]);
    expect(Object.keys((JSON.parse(stdout) as JsonSchema).$defs!)).toContain('pointer.v1');
  });

  it('says of an event that is planned who will emit it', async () => {
    const schema = (await readJson('events/job.failed.v1.schema.json')) as JsonSchema;
    const planned: JsonSchema = { ...schema, 'x-status': 'planned', 'x-owner': 'orchestrator' };
    const told = outline({ name: 'job.failed.v1', kind: 'event', schema: planned }, 80);
    expect(told).toContain('orchestrator will emit it');
    expect(widest(told)).toBeLessThanOrEqual(80);
    expect(outline({ name: 'job.failed.v1', kind: 'event', schema }, 80)).not.toContain('will emit');
  });

  it('suggests names when there is no such schema', async () => {
    const { code, stderr } = await schemas(['show', 'chunks.made']);
    expect(code).toBe(3);
    expect(stderr).toContain('chunks.created.v1');
  });
});

describe('alluvium schemas check', () => {
  it('knows a delivered event by its detail-type', async () => {
    const { code, stdout } = await schemas(['check', '-'], await delivered());
    expect([code, stdout]).toEqual([0, '- is a valid chunks.created.v1.\n']);
  });

  it('names the JSON path of the fault in the file', async () => {
    const event = await delivered((data) => (data['part'] = -1));
    const { code, stderr } = await schemas(['check', '-'], event);
    expect(code).toBe(2);
    expect(stderr).toContain('/detail/data/part must be >= 0');
  });

  it('prints the fault as JSON', async () => {
    const event = await delivered((data) => delete data['runId']);
    const { code, stdout } = await schemas(['check', '-', '--json'], event);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ valid: false, fault: { path: '/detail/data/runId' } });
  });

  it('lets an unknown property pass as a consumer does, and refuses it as a producer does', async () => {
    const event = await delivered((data) => (data['extra'] = 1));
    const open = await schemas(['check', '-'], event);
    expect([open.code, open.stderr]).toEqual([
      0,
      '/detail/data/extra is not declared; consumers ignore it.\n',
    ]);
    expect((await schemas(['check', '-', '--strict'], event)).code).toBe(2);
  });

  it('checks a detail or a document by the name it is given', async () => {
    const detail = JSON.stringify(await example('chunks.created.v1'));
    expect((await schemas(['check', '-', '--as', 'chunks.created.v1'], detail)).code).toBe(0);
    const record = JSON.stringify(await example('raw-record.v1'));
    expect((await schemas(['check', '-', '--as', 'raw-record'], record)).code).toBe(0);
    const unnamed = await schemas(['check', '-'], record);
    expect(unnamed.code).toBe(2);
    expect(unnamed.stderr).toContain('--as <name>');
  });

  it('says when a file is missing or is not JSON', async () => {
    expect((await schemas(['check', 'nowhere.json'])).code).toBe(3);
    expect((await schemas(['check', '-'], '{')).code).toBe(2);
  });
});

describe('alluvium schemas diff', () => {
  it('finds nothing between equal schemas', async () => {
    const file = await changed(() => undefined);
    const { code, stdout } = await schemas(['diff', 'run.sealed.v1', file]);
    expect([code, stdout]).toEqual([0, 'Both schemas mean the same.\n']);
  });

  it('accepts an optional property', async () => {
    const file = await changed((data) => (data.properties!['note'] = { type: 'string' }));
    const { code, stdout } = await schemas(['diff', 'run.sealed.v1', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('/data/note');
  });

  it('tells within 80 columns what breaks whom, and exits with 1', async () => {
    const file = await changed((data) => data.required!.splice(data.required!.indexOf('total'), 1));
    const { code, stdout } = await schemas(['diff', 'run.sealed.v1@1', file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /BREAK {2}\/data\/total\n +became optional\. Relaxed: consumers of the old schema/,
    );
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  it('prints the verdict as JSON', async () => {
    const file = await changed((data) => (data.properties!['total'] = { type: 'string' }));
    const { code, stdout } = await schemas(['diff', 'run.sealed.v1', file, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      compatible: false,
      changes: [{ path: '/data/total', rule: 'type', breaks: ['old-readers', 'new-readers'] }, {}],
    });
  });

  it('names a release that does not exist', async () => {
    const { code, stderr } = await schemas(['diff', 'run.sealed.v1@99', 'run.sealed.v1']);
    expect(code).toBe(3);
    expect(stderr).toContain('no release 99');
  });
});
