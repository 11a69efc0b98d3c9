import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { compareSchemas, isBreaking } from '@alluvium/schema-diff';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { print, printJson, say, table, terminalWidth } from '../output.ts';
import { checkValue } from '../schemas/check-value.ts';
import { outline } from '../schemas/outline.ts';
import { renderChanges } from '../schemas/render-changes.ts';
import { findSchema, knownSchemas, plannedBy, resolveSchema } from '../schemas/schema-files.ts';

interface Options {
  json?: boolean;
}

const list = ({ json }: Options): void => {
  const rows = knownSchemas().map((known) => ({
    name: known.name,
    kind: known.kind,
    title: String(known.schema['title']),
    ...(plannedBy(known) !== undefined && { planned: true }),
  }));
  if (json === true) printJson({ schemas: rows });
  else
    print(
      table(
        ['NAME', 'KIND', 'TITLE'],
        rows.map(({ name, kind, title, planned }) => [
          name,
          planned === true ? `${kind}, planned` : kind,
          title,
        ]),
      ),
    );
};

const show = (name: string, { json }: Options): void => {
  const found = findSchema(name);
  if (json === true) printJson(resolveSchema(found.name));
  else print(outline(found, terminalWidth()));
};

const readJson = async (file: string): Promise<unknown> => {
  const content = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch(() => {
    throw new CliError(`${file} cannot be read.`, exitCodes.notFound, 'Pass a JSON file, or - for stdin.');
  });
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new CliError(`${file} is not JSON: ${(error as Error).message}.`, exitCodes.usage);
  }
};

interface CheckOptions extends Options {
  as?: string;
  strict?: boolean;
}

const check = async (file: string, { as, strict = false, json = false }: CheckOptions): Promise<void> => {
  const { schema, valid, fault, undeclared } = checkValue(await readJson(file), as, file);
  const refused = !valid || (strict && undeclared !== undefined);
  if (refused) process.exitCode = exitCodes.usage;
  if (json) {
    printJson({ file, schema, valid: !refused, fault, undeclared });
  } else if (fault !== undefined) {
    throw new CliError(
      `${file} is no ${schema}: ${fault.path} ${fault.message}.`,
      exitCodes.usage,
      `See what it wants: alluvium schemas show ${schema}`,
    );
  } else {
    if (undeclared !== undefined) say(`${undeclared} is not declared; consumers ignore it.`);
    if (!refused) print(`${file} is a valid ${schema}.`);
  }
};

const diff = (old: string, now: string, { json }: Options): void => {
  const changes = compareSchemas(resolveSchema(old), resolveSchema(now));
  const compatible = !changes.some(isBreaking);
  if (json === true) printJson({ old, new: now, compatible, changes });
  else print(renderChanges(changes, terminalWidth()));
  if (!compatible) process.exitCode = exitCodes.failed;
};

const addReaders = (group: Command): void => {
  group.command('ls').description('list the schemas').option('--json', 'print one JSON object').action(list);
  group
    .command('show <name>')
    .summary('show what a schema wants')
    .description('Shows the fields of a schema.\n\nExample:\n  alluvium schemas show chunks.created.v1')
    .option('--json', 'print the schema itself, self-contained')
    .action(show);
};

/** `alluvium schemas` */
export const addSchemas = (program: Command): void => {
  const group = program.command('schemas').description('look at schemas and check values against them');
  addReaders(group);
  group
    .command('check <file>')
    .summary('check an event or a document')
    .description(
      'Checks a whole event, its detail, or a document, as a consumer would.\n\n' +
        'Examples:\n  alluvium schemas check event.json\n' +
        '  alluvium schemas check record.json --as raw-record.v1\n' +
        '  alluvium schemas check - --as run.sealed.v1 --strict < detail.json',
    )
    .option('--as <name>', 'schema to check against; needed unless the file is an event')
    .option('--strict', 'refuse what the schema does not declare, as a producer would')
    .option('--json', 'print one JSON object')
    .action(check);
  group
    .command('diff <old> <new>')
    .summary('tell whether a change breaks anybody')
    .description(
      'Compares two schemas: files, names, or releases. Exits with 1 on a break.\n\n' +
        'Examples:\n  alluvium schemas diff run.sealed.v1@1 run.sealed.v1\n' +
        '  alluvium schemas diff run.sealed.v1 ./changed.schema.json',
    )
    .option('--json', 'print one JSON object')
    .action(diff);
};
