import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { completionScript, placesOf } from '../src/completion/completion-script.ts';
import { buildProgram } from '../src/program.ts';

const WIDTH = 80;
const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
const helpOf = (command: Command): string =>
  command.configureOutput({ getOutHelpWidth: () => WIDTH }).helpInformation();

describe('every command', () => {
  it.each(all(buildProgram()).map((command) => [pathOf(command), command] as const))(
    '%s explains itself within 80 columns, and may name a stack',
    (_, command) => {
      const help = helpOf(command);
      expect(help.split('\n').filter((line) => line.length > WIDTH)).toEqual([]);
      expect(help).toContain('--endpoint <url>');
      expect(help).toContain('--profile <name>');
    },
  );
});

describe('alluvium completion', () => {
  it('knows every command and the options of each', () => {
    const places = placesOf(buildProgram());
    expect(places.map(({ path }) => path)).toEqual(expect.arrayContaining(['', 'documents erase']));
    const erase = places.find(({ path }) => path === 'documents erase');
    expect(erase?.words.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['--dry-run', '--confirm', '--profile', '--help']),
    );
  });

  it.each(['bash', 'zsh', 'fish'] as const)('writes a script for %s', (shell) => {
    expect(completionScript(buildProgram(), shell)).toContain('build-candidate');
  });
});
