import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  folderSource,
  hubSource,
  importModel,
  KNOWN_MODELS,
  knownModel,
  loadEmbedder,
  type KnownModel,
  type ModelChoices,
  type OnBytes,
} from '@alluvium/embedding';
import { CliError, exitCodes } from '../cli-error.ts';
import { readAnyManifest } from './any-manifest.ts';

const MANIFEST = 'manifest.json';

/** What to bring, and from where. */
export interface BringModelOptions {
  /** A folder, a short name, or `<owner>/<name>` of a hub. */
  model: string;
  hub?: string | undefined;
  revision?: string | undefined;
  choices: ModelChoices;
  onBytes: OnBytes;
}

const isChosen = (choices: ModelChoices): boolean =>
  Object.values(choices).some((value) => value !== undefined);

const fromHub = async (
  { hub, revision, choices, onBytes, model: id }: BringModelOptions,
  directory: string,
): Promise<void> => {
  const place = { ...(hub !== undefined && { hub }), ...(revision !== undefined && { revision }) };
  await importModel({ source: await hubSource({ id, ...place }), directory, choices, onBytes });
};

/** A known model is known at one commit, with one use. */
const fromRegistry = async (
  known: KnownModel,
  { hub, revision, choices: { id, ...others }, onBytes, model }: BringModelOptions,
  directory: string,
): Promise<void> => {
  if (revision !== undefined || isChosen(others))
    throw new CliError(
      `Everything about ${model} is known already.`,
      exitCodes.usage,
      `Only --id and --hub can be chosen; for anything else: alluvium model add ${known.repository} …`,
    );
  const place = { id: known.repository, revision: known.revision, ...(hub !== undefined && { hub }) };
  await importModel({ source: await hubSource(place), directory, choices: { id }, known, onBytes });
};

/** A folder that is a model directory already is taken as it is, once it has proved itself. */
const fromModelDirectory = async (
  { model, choices }: BringModelOptions,
  directory: string,
): Promise<void> => {
  if (isChosen(choices))
    throw new CliError(
      `${model} has a manifest.json, which says all of that already.`,
      exitCodes.usage,
      'Change the manifest, or leave the options out.',
    );
  const { files } = readAnyManifest(await readFile(join(model, MANIFEST)));
  const names = Object.keys(files);
  // A provider's model is a manifest alone: there is nothing here to be opened.
  if (names.length > 0) await (await loadEmbedder({ directory: model })).close();
  for (const file of [...names, MANIFEST]) await cp(join(model, file), join(directory, file));
};

const unknown = (model: string): CliError => {
  const names = KNOWN_MODELS.map(({ id }) => `  ${id}`).join('\n');
  return new CliError(
    `"${model}" is no folder, no known model, and no <owner>/<name> of a hub.`,
    exitCodes.notFound,
    `Known models:\n${names}`,
  );
};

/** Brings a model into `directory`, described by its manifest and proved by its probe. */
export const bringModel = async (options: BringModelOptions, directory: string): Promise<void> => {
  const { model, choices, onBytes } = options;
  if (existsSync(join(model, MANIFEST))) return fromModelDirectory(options, directory);
  if (existsSync(model)) {
    await importModel({ source: folderSource(model), directory, choices, onBytes });
    return;
  }
  const known = knownModel(model);
  if (known !== undefined) return fromRegistry(known, options, directory);
  if (/^[\w][\w.-]*\/[\w.-]+$/.test(model)) return fromHub(options, directory);
  throw unknown(model);
};
