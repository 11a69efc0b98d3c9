/** A file and where it lay. */
export interface DroppedFile {
  file: File;
  /** Below the folder that was dropped, or just its name. */
  path: string;
}

const SKIPPED = /(^|\/)(node_modules|\.[^/]*)(\/|$)/;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const readEntries = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));

const listEntry = async (entry: FileSystemEntry): Promise<DroppedFile[]> => {
  const path = entry.fullPath.replace(/^\//, '');
  if (SKIPPED.test(path)) return [];
  if (entry.isFile) return [{ file: await fileOf(entry as FileSystemFileEntry), path }];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: DroppedFile[] = [];
  // A reader gives a hundred entries at a time, and none at the end.
  for (let entries = await readEntries(reader); entries.length > 0; entries = await readEntries(reader))
    for (const inner of entries) files.push(...(await listEntry(inner)));
  return files;
};

/** What was dropped, folders opened. */
export const filesOfDrop = async ({ items, files }: DataTransfer): Promise<DroppedFile[]> => {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...files].map((file) => ({ file, path: file.name }));
  return (await Promise.all(entries.map(listEntry))).flat();
};

/** What was chosen in a dialog. */
export const filesOfInput = ({ files }: HTMLInputElement): DroppedFile[] =>
  [...(files ?? [])]
    .map((file) => ({ file, path: file.webkitRelativePath || file.name }))
    .filter(({ path }) => !SKIPPED.test(path));
