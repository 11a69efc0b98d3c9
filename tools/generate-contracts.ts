import { mkdirSync, writeFileSync } from 'node:fs';
import { GENERATED, renderAll } from './contracts/render-all.ts';
import { DOCS, renderDocs } from './docs/render-docs.ts';

const write = (folder: URL, files: Record<string, string>): string => {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(new URL(name, folder), content);
  return String(Object.keys(files).length);
};

const contracts = write(GENERATED, await renderAll());
// The documents show examples and parties: the contracts are worth having even while those are incomplete.
const documents = write(DOCS, await renderDocs());
console.error(`Wrote ${contracts} files to packages/contracts/src/generated and ${documents} to docs.`);
