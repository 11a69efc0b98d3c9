import { mkdirSync, writeFileSync } from 'node:fs';
import { GENERATED, renderAll } from './contracts/render-all.ts';

const files = await renderAll();
mkdirSync(GENERATED, { recursive: true });
for (const [name, content] of Object.entries(files)) writeFileSync(new URL(name, GENERATED), content);
console.error(`Wrote ${Object.keys(files).length} files to packages/contracts/src/generated.`);
