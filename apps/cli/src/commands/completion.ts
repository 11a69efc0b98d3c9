import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion/completion-script.ts';
import { print } from '../output.ts';

/** `alluvium completion` */
export const addCompletion = (program: Command): void => {
  program
    .command('completion')
    .summary('print what a shell needs to complete commands')
    .description(
      'Prints a script for your shell.\n\nExamples:\n' +
        '  source <(alluvium completion bash)\n' +
        '  source <(alluvium completion zsh)\n' +
        '  alluvium completion fish > ~/.config/fish/completions/alluvium.fish',
    )
    .addArgument(new Argument('<shell>', 'shell to complete in').choices(SHELLS))
    .action((shell: Shell) => print(completionScript(program, shell)));
};
