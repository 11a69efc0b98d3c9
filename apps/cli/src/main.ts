import { isPipelineError } from '@alluvium/contracts';
import { Command, CommanderError } from 'commander';
import { CliError, exitCodes } from './cli-error.ts';
import { addChat } from './commands/chat.ts';
import { addCollections } from './commands/collections.ts';
import { addConsole } from './commands/console.ts';
import { addDlq } from './commands/dlq.ts';
import { addEval } from './commands/eval.ts';
import { addEvents } from './commands/events.ts';
import { addExport } from './commands/export.ts';
import { addGc } from './commands/gc.ts';
import { addImport } from './commands/import.ts';
import { addIngest } from './commands/ingest.ts';
import { addJobs } from './commands/jobs.ts';
import { addKeys } from './commands/keys.ts';
import { addLock } from './commands/lock.ts';
import { addModel } from './commands/model.ts';
import { addRecall } from './commands/recall.ts';
import { addRuns } from './commands/runs.ts';
import { addSchemas } from './commands/schemas.ts';
import { addSearch } from './commands/search.ts';
import { addSnapshots } from './commands/snapshots.ts';
import { addSources } from './commands/sources.ts';
import { addStatus } from './commands/status.ts';
import { addUp } from './commands/up.ts';
import { dim, red, say } from './output.ts';

const program = new Command('alluvium')
  .description(
    'Turns documents into a searchable vector index, by events.\n\n' +
      'Examples:\n' +
      '  alluvium up                                 run it all on this machine\n' +
      '  alluvium ingest ./docs --wait               make a folder searchable\n' +
      '  alluvium search "validate a JSON schema"    ask it',
  )
  .version('0.1.0')
  .showSuggestionAfterError()
  .exitOverride();

for (const add of [
  addUp,
  addIngest,
  addSearch,
  addChat,
  addStatus,
  addRuns,
  addJobs,
  addSources,
  addCollections,
  addConsole,
  addExport,
  addImport,
  addEval,
  addRecall,
  addSnapshots,
  addKeys,
  addLock,
  addModel,
  addGc,
  addEvents,
  addDlq,
  addSchemas,
])
  add(program);

const exitCodeOf = (error: unknown): number => {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  return isPipelineError(error) && error.kind === 'invalid' ? exitCodes.usage : exitCodes.failed;
};

const tell = (error: unknown): void => {
  if (error instanceof CommanderError) return;
  say(red(error instanceof Error ? error.message : 'Something failed without an error.'));
  if (error instanceof CliError) {
    if (error.next !== undefined) say(error.next);
    return;
  }
  if (!isPipelineError(error) && error instanceof Error && error.stack !== undefined) say(dim(error.stack));
};

try {
  // Every subcommand inherits the rule that a wrong call throws instead of ending the process.
  for (const command of program.commands) command.exitOverride();
  await program.parseAsync();
} catch (error) {
  tell(error);
  process.exitCode = exitCodeOf(error);
}
