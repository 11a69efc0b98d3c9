import type { Command } from 'commander';

/** Shells that there is a script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command and what may follow it. */
export interface Place {
  /** Words before it: '' for the program itself, else `snapshots diff`. */
  path: string;
  words: { text: string; description: string }[];
}

const optionsOf = (command: Command) =>
  [...command.options, ...(command.parent === null ? [] : rootOf(command).options)]
    .filter(({ long, hidden }) => long !== undefined && !hidden)
    .map(({ long, description }) => ({ text: long ?? '', description }));

const rootOf = (command: Command): Command => (command.parent === null ? command : rootOf(command.parent));

/** Every place of a program where something can be completed. */
export const placesOf = (command: Command, path = ''): Place[] => {
  const below = command.commands.map((child) => ({
    text: child.name(),
    description: child.summary() || (child.description().split('\n')[0] ?? ''),
  }));
  const words = [...below, ...optionsOf(command), { text: '--help', description: 'display help' }];
  return [
    { path, words: [...new Map(words.map((word) => [word.text, word])).values()] },
    ...command.commands.flatMap((child) => placesOf(child, `${path} ${child.name()}`.trim())),
  ];
};

const wordsOf = ({ words }: Place): string => words.map(({ text }) => text).join(' ');

// Words that are commands lead on; the rest are arguments, which the shell completes as files.
const bash = (places: readonly Place[]): string => `# bash completion of alluvium
_alluvium() {
  local path='' next word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    next="\${path:+$path }$word"
    case "$next" in
      ${places
        .filter(({ path }) => path !== '')
        .map(({ path }) => `'${path}'`)
        .join(' | \\\n      ')}) path="$next" ;;
    esac
  done
  local words=''
  case "$path" in
${places.map((place) => `    '${place.path}') words='${wordsOf(place)}' ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _alluvium alluvium`;

const zsh = (places: readonly Place[]): string =>
  ['# zsh completion of alluvium', 'autoload -Uz bashcompinit && bashcompinit', bash(places)].join('\n');

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const fishLine =
  (path: string) =>
  ({ text, description }: Place['words'][number]): string => {
    const when = `-n ${quoted(`__alluvium_at ${path}`.trim())}`;
    const what = text.startsWith('--') ? `-l ${text.slice(2)}` : `-f -a ${quoted(text)}`;
    return `complete -c alluvium ${when} ${what} -d ${quoted(description)}`;
  };

const fish = (places: readonly Place[]): string =>
  [
    '# fish completion of alluvium',
    'function __alluvium_at',
    "  set -l words (commandline -opc | string match -v -- '-*')",
    '  test "$words[2..]" = "$argv"',
    'end',
    ...places.flatMap(({ path, words }) => words.map(fishLine(path))),
  ].join('\n');

/** What a shell has to source to complete the commands of `program`. */
export const completionScript = (program: Command, shell: Shell): string =>
  ({ bash, zsh, fish })[shell](placesOf(program));
