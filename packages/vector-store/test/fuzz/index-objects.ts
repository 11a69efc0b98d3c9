import { sha256Hex } from '@alluvium/contracts';
import { crc32 } from 'node:zlib';
import { packContainer, unpackContainer } from '../../src/bytes/container.ts';
import { memoryObjectStore, type ObjectStore } from '../../src/index.ts';
import { parseHead, parseManifest, type Head, type Manifest } from '../../src/snapshot/manifest.ts';
import { SEGMENT_FORMAT } from '../../src/segment/segment-format.ts';

/** All objects of a published index, by key, and what HEAD and the manifest say. */
export interface IndexObjects {
  indexPath: string;
  head: Head;
  manifest: Manifest;
  bodies: ReadonlyMap<string, Uint8Array>;
}

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

const bodyOf = async (store: ObjectStore, key: string): Promise<Uint8Array> => {
  const object = await store.get(key);
  if (object === undefined || object === 'not-modified') throw new Error(`${key} is missing`);
  return object.body;
};

/** Takes a copy of what HEAD names. */
export const readIndexObjects = async (store: ObjectStore, indexPath: string): Promise<IndexObjects> => {
  const head = parseHead(await bodyOf(store, `${indexPath}HEAD`), 'HEAD');
  const key = head.manifestKey ?? '';
  const manifest = parseManifest(await bodyOf(store, key), key);
  const keys = [
    `${indexPath}HEAD`,
    key,
    manifest.publish.applied.key,
    ...manifest.index.segments.map((segment) => segment.key),
  ];
  const bodies = new Map<string, Uint8Array>();
  for (const one of keys) bodies.set(one, await bodyOf(store, one));
  return { indexPath, head, manifest, bodies };
};

/** A store that holds them. */
export const storeOf = async ({ bodies }: Pick<IndexObjects, 'bodies'>): Promise<ObjectStore> => {
  const store = memoryObjectStore();
  for (const [key, body] of bodies) await store.put(key, body);
  return store;
};

/** With another body, as damage leaves it: nothing else knows. */
export const withBody = (objects: IndexObjects, key: string, body: Uint8Array): IndexObjects => ({
  ...objects,
  bodies: new Map([...objects.bodies, [key, body]]),
});

/** With another manifest, every checksum above it right. `isInline`: HEAD carries its index along. */
export const sealManifest = (objects: IndexObjects, manifest: unknown, isInline: boolean): IndexObjects => {
  const { indexPath, head, bodies } = objects;
  const body = bytesOf(manifest);
  const { index: _index, indexCrc32: _crc32, ...bare } = head;
  const index = JSON.stringify((manifest as Partial<Manifest> | null)?.index) as string | undefined;
  const sealed: Head = {
    ...bare,
    manifestSha256: sha256Hex(body),
    ...(isInline && index !== undefined && { index, indexCrc32: crc32(index) }),
  };
  return {
    ...objects,
    head: sealed,
    manifest: manifest as Manifest,
    bodies: new Map([...bodies, [head.manifestKey ?? '', body], [`${indexPath}HEAD`, bytesOf(sealed)]]),
  };
};

/** With one plane of a segment changed, and every checksum right. */
export const sealPlane = (
  objects: IndexObjects,
  { segment, plane, bytes }: { segment: number; plane: string; bytes: Uint8Array },
  isInline: boolean,
): IndexObjects => {
  const { manifest, bodies } = objects;
  const segments = manifest.index.segments.map((descriptor, index) => {
    if (index !== segment) return { descriptor };
    const planes = unpackContainer(SEGMENT_FORMAT, bodies.get(descriptor.key) ?? new Uint8Array());
    const packed = packContainer(
      SEGMENT_FORMAT,
      [...planes].map(([name, own]) => ({ name, bytes: name === plane ? bytes : own })),
    );
    const { length } = packed.bytes;
    const changed = {
      ...descriptor,
      sizeBytes: length,
      sha256: sha256Hex(packed.bytes),
      planes: packed.planes,
    };
    return { descriptor: changed, body: packed.bytes };
  });
  const changed = new Map(bodies);
  for (const { descriptor, body } of segments) if (body) changed.set(descriptor.key, body);
  const index = { ...manifest.index, segments: segments.map(({ descriptor }) => descriptor) };
  return sealManifest({ ...objects, bodies: changed }, { ...manifest, index }, isInline);
};
