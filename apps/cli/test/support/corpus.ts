import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const TOPICS = [
  'leases',
  'snapshots',
  'deltas',
  'manifests',
  'tombstones',
  'postings',
  'centroids',
  'fences',
];

const paragraph = (topic: string, index: number, line: number): string =>
  `Section ${line} of document ${index} tells how ${topic} behave. A reader of ${topic} number ${index * 31 + line} ` +
  `finds that nothing is lost when the process dies. The next start goes on where the last one ended.`;

/** Writes `documents` Markdown files of about `lines` x 200 characters each into `folder`. */
export const writeCorpus = async (folder: string, documents: number, lines: number): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < documents; index += 1) {
    const topic = TOPICS[index % TOPICS.length] ?? '';
    const body = Array.from({ length: lines }, (_, line) => paragraph(topic, index, line)).join('\n\n');
    await writeFile(
      join(folder, `${String(index).padStart(4, '0')}-${topic}.md`),
      `# On ${topic} ${index}\n\n${body}\n`,
    );
  }
};
