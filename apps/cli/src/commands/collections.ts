import {
  candidateResponseV1,
  collectionDetailV1,
  collectionsV1,
  collectionV1,
  type CollectionDetailV1,
} from '@alluvium/contracts';
import type { Command } from 'commander';
import { callJson, deletePath, getJson, postJson } from '../api-client.ts';
import { assertName } from '../assert-name.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import {
  settingsOf,
  withChunker,
  withRetention,
  type SettingOptions,
} from '../collections/collection-settings.ts';
import { renderCollection } from '../collections/show-collection.ts';
import { confirmTyped } from '../confirm-typed.ts';
import { confirm } from '../confirm.ts';
import { connect } from '../connection.ts';
import { minute, print, printJson, say, table, tell } from '../output.ts';

interface Options extends SettingOptions {
  json?: boolean;
  yes?: boolean;
  confirm?: string;
}

const pathOf = (name: string, rest = ''): string => `collections/${encodeURIComponent(name)}${rest}`;

const list = async (options: Options): Promise<void> => {
  const answer = await getJson(connect(), 'collections', collectionsV1);
  if (options.json === true) {
    printJson(answer);
    return;
  }
  if (answer.collections.length === 0) {
    say('There is no collection yet. Make one: alluvium ingest <path>');
    return;
  }
  const rows = answer.collections.map(({ collection, active, updatedAt }) => [
    collection,
    active?.modelId ?? 'nothing published yet',
    minute(updatedAt),
  ]);
  print(table(['COLLECTION', 'MODEL', 'UPDATED (UTC)'], rows));
};

const detailOf = (name: string): Promise<CollectionDetailV1> =>
  getJson(connect(), pathOf(name), collectionDetailV1);

const show = async (name: string, options: Options): Promise<void> => {
  const detail = await detailOf(name);
  tell(options, detail, () => renderCollection(detail).join('\n'));
};

const create = async (name: string, options: Options): Promise<void> => {
  assertName('collection', name);
  const body = { collection: name, ...settingsOf(options) };
  const made = await postJson(connect(), 'collections', { body, contract: collectionV1 });
  tell(options, made, () => `${name} is there. Fill it: alluvium ingest <path> --collection ${name}`);
};

const set = async (name: string, options: Options): Promise<void> => {
  const body = settingsOf(options);
  if (Object.keys(body).length === 0)
    throw new CliError('Nothing to set.', exitCodes.usage, 'Options: alluvium collections set --help');
  const { collection, index = collection } = await detailOf(name);
  // The API replaces what is kept as a whole; what is not named here shall stay.
  if (body['retention'] !== undefined) body['retention'] = { ...index.retention, ...body['retention'] };
  const changed = await callJson(connect(), {
    ...{ path: pathOf(name), method: 'PATCH' as const, body },
    contract: collectionDetailV1,
  });
  tell(options, changed, () => `${name} is changed.`);
};

const buildCandidate = async (name: string, options: Options): Promise<void> => {
  const answer = await postJson(connect(), pathOf(name, '/candidates'), {
    ...{ body: settingsOf(options), contract: candidateResponseV1 },
  });
  tell(options, answer, () =>
    [
      `${answer.candidate} is being built: alluvium runs ${answer.jobId} --follow`,
      `Compare it: alluvium search <query> --collection ${answer.candidate}`,
      `Let it answer: alluvium collections switch ${name} ${answer.candidate}`,
    ].join('\n'),
  );
};

const switchTo = async (name: string, candidate: string, options: Options): Promise<void> => {
  await confirm(`Let ${candidate} answer for ${name}?`, options);
  const detail = await postJson(connect(), pathOf(name, '/switch'), {
    ...{ body: { index: candidate }, contract: collectionDetailV1 },
  });
  tell(options, detail, () => `${candidate} answers for ${name}; what answered before is a candidate now.`);
};

const remove = async (name: string, { confirm: given, json }: Options): Promise<void> => {
  await confirmTyped({ question: 'Delete the collection with its candidates?', name, given });
  await deletePath(connect(), pathOf(name));
  if (json === true) printJson({ collection: name, isDeleted: true });
  else print(`${name} is deleted: it answers no more. Its objects stay until they are collected.`);
};

/** `alluvium collections` */
export const addCollections = (program: Command): void => {
  const group = program
    .command('collections')
    .summary('list, make, change, rebuild and delete collections')
    .description(
      'Lists the collections; below it are those who change them.\n\nExamples:\n' +
        '  alluvium collections create handbook --chunker markdown\n' +
        '  alluvium collections build-candidate docs --model bge-small-en-v1.5-int8\n' +
        '  alluvium collections switch docs docs--2',
    )
    .option('--json', 'print one JSON object')
    .action(list);
  // --json belongs to the group as well, which takes it before a command below it can.
  const add = (usage: string, description: string): Command =>
    group.command(usage).description(description).option('--json', 'print one JSON object');
  const own = (command: Command): Options => command.optsWithGlobals<Options>();
  add('ls', 'list the collections').action((_: Options, command: Command) => list(own(command)));
  add('show <name>', 'show a collection and its candidates').action(
    (name: string, _: Options, command: Command) => show(name, own(command)),
  );
  withRetention(withChunker(add('create <name>', 'make an empty collection')))
    .option('--model <id>', 'embedding model; that of the installation by default')
    .action((name: string, _: Options, command: Command) => create(name, own(command)));
  withRetention(withChunker(add('set <name>', 'change the settings of a collection'))).action(
    (name: string, _: Options, command: Command) => set(name, own(command)),
  );
  withChunker(add('build-candidate <name>', 'cut or embed all of it otherwise, beside it'))
    .option('--model <id>', 'embedding model; that of the installation by default')
    .action((name: string, _: Options, command: Command) => buildCandidate(name, own(command)));
  add('switch <name> <candidate>', 'let a candidate answer for the collection')
    .option('-y, --yes', 'do not ask')
    .action((name: string, candidate: string, _: Options, command: Command) =>
      switchTo(name, candidate, own(command)),
    );
  add('delete <name>', 'delete a collection with its candidates, after its name was typed')
    .option('--confirm <name>', 'the name once more, instead of typing it')
    .action((name: string, _: Options, command: Command) => remove(name, own(command)));
};
