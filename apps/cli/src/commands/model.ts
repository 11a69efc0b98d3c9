import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelChoices } from '@alluvium/embedding';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, useAws } from '../connection.ts';
import type { CheckedModel, StoredModel } from '../models/stored-models.ts';
import { count, print, printJson, say, table } from '../output.ts';
import { showProgress } from '../progress.ts';
import { size } from '../snapshots/render.ts';
import { telling } from '../snapshots/telling.ts';

interface AddOptions extends Omit<ModelChoices, 'maxTokens' | 'modelPath'> {
  file?: string;
  maxTokens?: string;
  hub?: string;
  revision?: string;
  replace?: boolean;
  json?: boolean;
}

const inTemporaryFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'alluvium-model-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const openBucket = (): string => {
  const connection = connect();
  useAws(connection);
  if (connection.bucket !== '') return connection.bucket;
  throw new CliError('The bucket of the stack is not known.', exitCodes.usage, 'Set ALLUVIUM_BUCKET.');
};

const positive = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new CliError(`${name} ${text} is no whole number above 0.`, exitCodes.usage);
};

const oneOf = <Value extends string>(
  name: string,
  values: readonly Value[],
  value: Value | undefined,
): Value | undefined => {
  if (value === undefined || values.includes(value)) return value;
  throw new CliError(`${name} ${value} is not one of ${values.join(', ')}.`, exitCodes.usage);
};

const choicesOf = (options: AddOptions): ModelChoices => ({
  id: options.id,
  modelPath: options.file,
  precision: oneOf('--precision', ['fp32', 'fp16', 'int8'], options.precision),
  pooling: oneOf('--pooling', ['cls', 'mean'], options.pooling),
  maxTokens: positive('--max-tokens', options.maxTokens),
  queryPrefix: options.queryPrefix,
  passagePrefix: options.passagePrefix,
  license: options.license,
});

const STAGES = ['tokenizer.json', 'model.onnx', 'upload'];

const add = async (model: string, options: AddOptions): Promise<void> => {
  const choices = choicesOf(options);
  const bucket = openBucket();
  const { bringModel } = await import('../models/bring-model.ts');
  const { uploadModel } = await import('../models/upload-model.ts');
  const progress = showProgress(STAGES);
  await inTemporaryFolder(async (directory) => {
    const { hub, revision } = options;
    const onBytes = (file: string, bytes: number, total: number) => progress.update(file, bytes, total);
    await bringModel({ model, hub, revision, choices, onBytes }, directory);
    const { model: added, uploaded } = await uploadModel({
      bucket,
      directory,
      isReplacing: options.replace === true,
      onBytes: (file, bytes, total) => {
        if (file === 'model.onnx') progress.update('upload', bytes, total);
      },
    });
    progress.stop();
    const { id, stamp, dimensions, maxTokens, kind, license } = added;
    if (options.json === true) {
      printJson({ bucket, prefix: `models/${id}/`, uploaded, ...added });
      return;
    }
    const licence = license === '' ? '' : `, licence ${license}`;
    print(`${stamp}: ${dimensions} dimensions, ${maxTokens} tokens, ${kind}${licence}.`);
    print(uploaded.length === 0 ? 'It was there already.' : `Put into s3://${bucket}/models/${id}/.`);
  }).finally(() => progress.stop());
};

const rowOf = ({ id, sizeBytes, model, problem }: StoredModel): string[] =>
  model === undefined
    ? [id, '', '', '', size(sizeBytes), problem ?? '']
    : [id, count(model.dimensions), count(model.maxTokens), model.kind, size(sizeBytes), model.license];

const list = async (options: { json?: boolean }): Promise<void> => {
  const bucket = openBucket();
  const { listModels } = await import('../models/stored-models.ts');
  const models = await listModels(bucket);
  if (options.json === true) printJson({ bucket, models });
  else if (models.length === 0) print('There are no models.');
  else print(table(['MODEL', 'DIMENSIONS', 'TOKENS', 'KIND', 'SIZE', 'LICENCE'], models.map(rowOf)));
};

const tellChecked = ({ id, isSound, stamp, problem }: CheckedModel): void => {
  if (isSound) print(`${id} is sound: every hash and every probe, ${stamp ?? ''}.`);
  else say(`${id} is broken: ${problem?.message ?? ''} (${problem?.code ?? ''})`);
};

const verify = async (id: string | undefined, options: { json?: boolean }): Promise<void> => {
  const bucket = openBucket();
  const { checkModel, chosenModels } = await import('../models/stored-models.ts');
  const checked: CheckedModel[] = [];
  for (const model of await chosenModels(bucket, id)) {
    const result = await inTemporaryFolder((folder) => checkModel(bucket, model, folder));
    checked.push(result);
    if (options.json !== true) tellChecked(result);
  }
  if (checked.some(({ isSound }) => !isSound)) process.exitCode = exitCodes.failed;
  if (options.json === true) printJson({ bucket, models: checked });
};

const addAdd = (group: Command): void => {
  group
    .command('add <model>')
    .summary('put a model into the bucket')
    .description(
      'Puts a model into the bucket: a folder, a known name, or <owner>/<name> of\na hub.\n\n' +
        'What the files of a model do not say must be said here; its model card\ntells. Known names need nothing.\n\n' +
        'Examples:\n  alluvium model add bge-small-en-v1.5-int8\n' +
        '  alluvium model add ./my-model --pooling mean\n' +
        '  alluvium model add Xenova/gte-small --pooling mean --precision int8',
    )
    .option('--id <name>', 'name here; the repository or folder by default')
    .option('--revision <commit>', 'commit, branch or tag of the hub; main by default')
    .option('--hub <url>', 'a mirror of https://huggingface.co')
    .option('--file <path>', 'the ONNX file; onnx/model.onnx and such by default')
    .option('--precision <kind>', 'fp32, fp16 or int8, of those the folder has')
    .option('--pooling <kind>', 'cls or mean')
    .option('--max-tokens <count>', 'what is read of a text')
    .option('--query-prefix <text>', 'put before what is searched for')
    .option('--passage-prefix <text>', 'put before what is searched')
    .option('--license <name>', 'licence of the weights')
    .option('--replace', 'overwrite another model of that name')
    .option('--json', 'print one JSON object')
    .action(telling(add));
};

/** `alluvium model` */
export const addModel = (program: Command): void => {
  const group = program
    .command('model')
    .summary('embedding models in the bucket: add, list, verify')
    .description(
      'Models that texts are embedded with.\n\n' +
        'Examples:\n  alluvium model ls\n  alluvium model add bge-small-en-v1.5-int8\n' +
        '  alluvium model verify',
    );
  addAdd(group);
  group
    .command('ls')
    .description('list the models')
    .option('--json', 'print one JSON object')
    .action(telling(list));
  group
    .command('verify [id]')
    .description('read every file of a model, or of all, open it and probe it')
    .option('--json', 'print one JSON object')
    .action(telling(verify));
};
