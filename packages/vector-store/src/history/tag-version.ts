import { hasCode, PipelineError } from '@alluvium/contracts';
import { jsonBytes } from '../snapshot/manifest.ts';
import { readObject, type ObjectStore } from '../store/object-store.ts';
import { asOfInvalid, versionExpired } from './history-errors.ts';
import { tagKey, type Tag } from './tags.ts';
import { isLasting, readVersions, type KnownVersion } from './versions.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** What means something else wherever a version is asked for. */
const TIME_OR_VERSION = /^\d+$|^\d{4}-/;

const put = async (store: ObjectStore, indexPath: string, tag: Tag): Promise<void> => {
  const key = tagKey(indexPath, tag.name);
  try {
    await store.put(key, jsonBytes(tag), { ifNoneMatch: '*' }, { contentType: 'application/json' });
  } catch (error) {
    if (!hasCode(error, 'PRECONDITION_FAILED')) throw error;
    const present = await readObject(store, key);
    // A retry inside the SDK turns an own success into a refusal.
    if (present && Buffer.from(present.body).equals(jsonBytes(tag))) return;
    throw new PipelineError(`${indexPath} already has a tag "${tag.name}"`, {
      code: 'TAG_EXISTS',
      kind: 'conflict',
      details: { indexPath, tag: tag.name },
    });
  }
};

/**
 * Gives a version a name. The tag is written first and the books of garbage collection are read after that: a cycle that starts later
 * sees the tag, and one that had marked the version before is seen here, in which case the tag goes again.
 * Errors: AS_OF_INVALID (no name), TAG_EXISTS, VERSION_EXPIRED, VERSION_UNKNOWN.
 */
export const tagVersion = async (
  store: ObjectStore,
  indexPath: string,
  { name, version, nowMs, note }: { name: string; version: KnownVersion; nowMs: number; note?: string },
): Promise<Tag> => {
  if (!NAME.test(name) || TIME_OR_VERSION.test(name)) throw asOfInvalid(name);
  const tag: Tag = {
    format: 'tag.v1',
    name,
    version: version.version,
    manifestKey: version.manifestKey,
    manifestSha256: version.sha256,
    createdAt: new Date(nowMs).toISOString(),
    ...(note !== undefined && { note }),
  };
  await put(store, indexPath, tag);
  const versions = await readVersions(store, indexPath);
  const now = versions.find((known) => known.version === version.version);
  if (now && isLasting(now)) return tag;
  await store.delete(tagKey(indexPath, name));
  const oldest = versions.findLast(isLasting);
  throw versionExpired(indexPath, `version ${version.version}`, oldest);
};
