import { CliError, exitCodes } from '../cli-error.ts';

/** The formats of an export. */
export const FORMATS = ['jsonl', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

/** A file and how it is written. */
export interface ExchangeFile {
  file: string;
  format: Format;
}

const FORMAT_OF_EXTENSION: Record<string, Format> = { jsonl: 'jsonl', ndjson: 'jsonl', parquet: 'parquet' };

const extensionOf = (file: string): string => /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? '';

/** The file with the format that was asked for, else the one that its name says. Error: usage. */
export const exchangeFile = (file: string, format?: string): ExchangeFile => {
  const known =
    format === undefined ? FORMAT_OF_EXTENSION[extensionOf(file)] : FORMATS.find((one) => one === format);
  if (known !== undefined) return { file, format: known };
  const what =
    format === undefined ? `The name ${file} does not say its format` : `There is no format "${format}"`;
  throw new CliError(`${what}.`, exitCodes.usage, `Pass --format with one of: ${FORMATS.join(', ')}`);
};
