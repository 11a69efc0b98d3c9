import { readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ok, unknown, wrong, type Finding } from './finding.ts';

const NEEDED_NODE = 24;
const NEEDED_FREE_BYTES = 2e9;

/** Is this a Node that the project runs on? */
export const checkNode = (version: string = process.version): Finding => {
  const major = Number(/^v(\d+)/.exec(version)?.[1]);
  if (major >= NEEDED_NODE) return ok('node', `Node ${version}`);
  return wrong(
    ...(['node', `Node ${version} runs this.`] as const),
    `Functions and commands need Node ${NEEDED_NODE}.`,
    'Install what the project pins: npm ci',
  );
};

/** Can models that are downloaded be run? The built-in one does without. */
export const checkRuntime = async (): Promise<Finding> => {
  try {
    await import('@alluvium/embedding/onnx');
    return ok('native-runtime', `ONNX runtime for ${process.platform}-${process.arch}`);
  } catch (error) {
    return wrong(
      'native-runtime',
      `The ONNX runtime does not load: ${(error as Error).message.split('\n')[0] ?? ''}`,
      'Models that were added cannot embed; the built-in one can.',
      'Install with optional dependencies: npm ci --include=optional',
    );
  }
};

/** Is there room for data? */
export const checkDisk = (folder: string): Finding => {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free at ${folder}`;
  if (free >= NEEDED_FREE_BYTES) return ok('disk', text);
  return wrong('disk', `Only ${text}.`, 'A full disk stops every write.', 'Make room, or alluvium gc');
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** Is the port of the console free, or taken by our own? */
export const checkPort = async (port: number, ours: string | undefined): Promise<Finding> => {
  if (ours !== undefined && Number(new URL(ours).port) === port) return ok('port', `Our console has ${port}`);
  if (await isFree(port)) return ok('port', `Port ${port} is free`);
  return wrong(
    ...(['port', `Another process has port ${port} of 127.0.0.1.`] as const),
    'The console wants it; everything else takes any free port.',
    'alluvium up --console-port 0',
  );
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Is the state folder one that a stack can start on, or runs on? */
export const checkState = (folder: string): Finding => {
  let pid: number | undefined;
  try {
    const connection: unknown = JSON.parse(readFileSync(join(folder, 'connection.json'), 'utf8'));
    pid = (connection as { pid?: number }).pid;
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isAbsent) return ok('state', `No stack runs on ${folder}`);
    return wrong(
      ...(['state', `connection.json of ${folder} cannot be read.`] as const),
      'Commands find the stack by it.',
      'Take the file away, then: alluvium up',
    );
  }
  if (pid === undefined) return unknown('state', `Nobody wrote its process into ${folder}`, 'alluvium up');
  if (isAlive(pid)) return ok('state', `Process ${pid} runs on ${folder}`);
  return wrong(
    ...(['state', `The stack of process ${pid} is gone, and left connection.json.`] as const),
    'It was killed; what it stored is safe.',
    'Start it again: alluvium up',
  );
};
