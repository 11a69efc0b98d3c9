import { readFile } from 'node:fs/promises';

/** Memory that a process holds, from the kernel's own books; undefined where there is no /proc, or no such process. */
export const residentBytes = async (pid: number): Promise<number | undefined> => {
  if (process.platform !== 'linux') return undefined;
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
};
