import { cpSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { keepOwnMappings } from './keep-own-mappings.mjs';

const NATIVE = 'onnxruntime-node';
const LAMBDA_BINARY = 'bin/napi-v6/linux/arm64';

const packageRoot = (name, from) => {
  const entry = createRequire(from).resolve(name);
  const marker = `${path.sep}node_modules${path.sep}${name.replace('/', path.sep)}`;
  return entry.slice(0, entry.lastIndexOf(marker) + marker.length);
};

const copy = (from, to, parts) => {
  for (const part of parts) {
    cpSync(path.join(from, part), path.join(to, part), {
      recursive: true,
      filter: (source) => !/\.(?:map|d\.ts|md)$/.test(source),
    });
  }
};

// The package holds binaries of every platform, 300 MB; the function needs one.
const copyNativeRuntime = (serviceDir, outDir) => {
  const runtime = packageRoot(NATIVE, path.join(serviceDir, 'package.json'));
  const common = packageRoot('onnxruntime-common', path.join(runtime, 'package.json'));
  copy(runtime, path.join(outDir, 'node_modules', NATIVE), ['package.json', 'dist', LAMBDA_BINARY]);
  copy(common, path.join(outDir, 'node_modules', 'onnxruntime-common'), ['package.json', 'dist/cjs']);
};

const OPTIONS = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  external: [NATIVE],
  banner: {
    js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
};

// A module that starts a thread has the thread's code beside itself: what `x.ts` starts is `x-worker.ts`, and no import tells so.
const bundleThreads = async (outDir, { outputs }) => {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((input) => inputs[input].bytesInOutput > 0),
  );
  const threads = used
    .map((input) => path.resolve(input.replace(/\.ts$/, '-worker.ts')))
    .filter((file) => file.endsWith('-worker.ts') && existsSync(file));
  for (const file of threads) {
    const outfile = path.join(outDir, `${path.basename(file, '.ts')}.mjs`);
    await build({ ...OPTIONS, entryPoints: [file], outfile });
    keepOwnMappings(`${outfile}.map`);
  }
};

/**
 * Bundles one function into `dist/<name>/index.mjs`, byte for byte the same from the same sources; threads it starts lie beside.
 * `forThisMachine` leaves the native runtime to the workspace's own node_modules.
 */
export const bundleFunction = async ({ serviceDir, name, forThisMachine }) => {
  const outDir = path.join(serviceDir, 'dist', name);
  rmSync(outDir, { recursive: true, force: true });
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: [path.join(serviceDir, 'src/handlers', `${name}.ts`)],
    outfile: path.join(outDir, 'index.mjs'),
  });
  keepOwnMappings(path.join(outDir, 'index.mjs.map'));
  await bundleThreads(outDir, metafile);
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  if (!forThisMachine && imports.some(({ path: imported }) => imported === NATIVE)) {
    copyNativeRuntime(serviceDir, outDir);
  }
};
