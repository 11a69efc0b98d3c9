import { CliError, exitCodes } from './cli-error.ts';
import { count } from './output.ts';

/** The whole number that an option gives. Error: usage, when it is none or lies outside of `least` and `most`. */
export const wholeNumber = (
  option: string,
  text: string,
  { least = 1, most = Number.MAX_SAFE_INTEGER }: { least?: number; most?: number } = {},
): number => {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} on` : `${least} to ${count(most)}`;
  throw new CliError(`${option} is a whole number from ${range}, not ${text}.`, exitCodes.usage);
};
