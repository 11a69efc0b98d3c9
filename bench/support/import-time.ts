import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { median } from './report.ts';

const SCRIPT = `
const started = performance.now();
await import(process.argv[1]);
console.log(performance.now() - started);`;

const importOnceMs = (file: string): number => {
  const args = ['--input-type=module', '-e', SCRIPT, pathToFileURL(file).href];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
};

/**
 * Median milliseconds that importing each file takes in a fresh process. Taken in turns, so that a busy moment of the machine
 * meets all of them.
 */
export const importTimesMs = <Name extends string>(
  files: Record<Name, string>,
  rounds: number,
): Record<Name, number> => {
  const names = Object.keys(files) as Name[];
  const taken = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const name of names) taken.get(name)?.push(importOnceMs(files[name]));
  return Object.fromEntries(names.map((name) => [name, median(taken.get(name) ?? [])])) as Record<
    Name,
    number
  >;
};
