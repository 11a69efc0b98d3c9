#!/usr/bin/env node
// Runs the command line on a Node that reads TypeScript: this one, or the one pinned by the project.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const [major] = process.versions.node.split('.').map(Number);

if (major >= NEEDED) {
  await import('../src/main.ts');
} else {
  const pinned = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
  if (existsSync(pinned)) {
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const child = spawn(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
  } else {
    console.error(`Alluvium needs Node ${NEEDED}; this is ${process.version}.`);
    console.error('The installation should have brought one along: run npm ci with optional dependencies.');
    process.exit(1);
  }
}
