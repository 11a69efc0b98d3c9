import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Gives the lock back. */
export type Unlock = () => Promise<void>;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The process that holds the lock, or undefined when it is free or its holder has died. */
const holderOf = async (file: string): Promise<number | undefined> => {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
};

const create = async (file: string): Promise<boolean> => {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/** Takes the lock, from a dead holder if need be. Resolves with the pid of the holder when that one lives. */
export const tryLock = async (file: string): Promise<Unlock | number> => {
  await mkdir(path.dirname(file), { recursive: true });
  for (;;) {
    if (await create(file)) return () => rm(file, { force: true });
    const holder = await holderOf(file);
    if (holder !== undefined) return holder;
    await rm(file, { force: true });
  }
};

/** Waits until the lock is free. */
export const waitForLock = async (file: string): Promise<Unlock> => {
  for (;;) {
    const lock = await tryLock(file);
    if (typeof lock !== 'number') return lock;
    await sleep(200);
  }
};
