import { Command } from 'commander';
import { addChat } from './commands/chat.ts';
import { addCollections } from './commands/collections.ts';
import { addConsole } from './commands/console.ts';
import { addCompletion } from './commands/completion.ts';
import { addCost } from './commands/cost.ts';
import { addDlq } from './commands/dlq.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDocuments } from './commands/documents.ts';
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
import { chooseStack, type StackChoice } from './stack-choice.ts';

const newProgram = (): Command => {
  const program = new Command('alluvium');
  program
    .description(
      'Turns documents into a searchable vector index, by events.\n\n' +
        'Examples:\n' +
        '  alluvium up                                 run it all on this machine\n' +
        '  alluvium ingest ./docs --wait               make a folder searchable\n' +
        '  alluvium search "validate a JSON schema"    ask it',
    )
    .version('0.1.0')
    .option('--endpoint <url>', 'HTTP API of a stack; its key in ALLUVIUM_API_KEY')
    .option('--profile <name>', 'stack of ~/.alluvium/profiles.json')
    .configureHelp({ showGlobalOptions: true })
    .hook('preAction', () => chooseStack(program.opts<StackChoice>()))
    .showSuggestionAfterError()
    .exitOverride();
  return program;
};

const COMMANDS = [
  addUp,
  addIngest,
  addSearch,
  addChat,
  addStatus,
  addRuns,
  addJobs,
  addSources,
  addCollections,
  addDocuments,
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
  addDoctor,
  addCost,
  addCompletion,
];

/** The whole command line, as a tree. Every command throws on a wrong call instead of ending the process. */
export const buildProgram = (): Command => {
  const program = newProgram();
  for (const add of COMMANDS) add(program);
  for (const command of program.commands) command.exitOverride();
  return program;
};
