import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { wholeNumber } from '../number-option.ts';

/** Options that say how a collection is cut, embedded and kept. */
export interface SettingOptions {
  chunker?: string;
  model?: string;
  keepVersions?: string;
  keepDays?: string;
  keepDaily?: string;
}

/** `token`, which is `token@1`, or `token@1:maxTokens=256,overlapTokens=32`. Error: usage. */
export const chunkerOf = (
  text: string,
): { strategy: string; version: number; parameters?: Record<string, number> } => {
  const [, strategy, version, sizes] = /^([a-z]+)(?:@(\d+))?(?::(.+))?$/.exec(text) ?? [];
  const pairs = (sizes ?? '').split(',').filter((pair) => pair !== '');
  if (strategy === undefined || pairs.some((pair) => !/^[A-Za-z]+=\d+$/.test(pair)))
    throw new CliError(
      `--chunker ${text} is no chunker.`,
      exitCodes.usage,
      'Write --chunker token, or --chunker token@1:maxTokens=256,overlapTokens=32',
    );
  const parameters = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), Number(pair.slice(pair.indexOf('=') + 1))]),
  );
  return {
    strategy,
    version: Number(version ?? 1),
    ...(pairs.length > 0 && { parameters }),
  };
};

const retentionOf = ({ keepVersions, keepDays, keepDaily }: SettingOptions): Record<string, number> => {
  const retention: Record<string, number> = {};
  for (const [name, text] of Object.entries({ keepVersions, keepDays, keepDaily }))
    if (text !== undefined)
      retention[name] = wholeNumber(`--${name.replace('D', '-d').replace('V', '-v')}`, text, { least: 0 });
  return retention;
};

/** The settings as the API takes them; empty when none is given. */
export const settingsOf = (options: SettingOptions): Record<string, unknown> => {
  const { chunker, model } = options;
  const retention = retentionOf(options);
  return {
    ...(chunker !== undefined && { chunker: chunkerOf(chunker) }),
    ...(model !== undefined && { model }),
    ...(Object.keys(retention).length > 0 && { retention }),
  };
};

/** Adds --chunker. */
export const withChunker = (command: Command): Command =>
  command.option('--chunker <name>', 'sentence, token, markdown, code, none; token@1:maxTokens=256');

/** Adds the options of what garbage collection keeps. */
export const withRetention = (command: Command): Command =>
  command
    .option('--keep-versions <number>', 'versions kept before the current one')
    .option('--keep-days <number>', 'days of which every version is kept')
    .option('--keep-daily <number>', 'days of which one version a day is kept');
