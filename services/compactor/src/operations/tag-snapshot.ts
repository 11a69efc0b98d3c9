import { hasCode } from '@alluvium/contracts';
import { requiredArg, type Operation } from '@alluvium/lambda-kit';
import {
  listTags,
  readVersions,
  removeTag,
  resolveVersion,
  tagKey,
  tagVersion,
  type KnownVersion,
  type Tag,
} from '@alluvium/vector-store';
import type { OperationDeps } from '../ports.ts';
import { reportAt } from './report.ts';
import { targetIndex } from './target-index.ts';

type Deps = Pick<OperationDeps, 'store' | 'objects' | 'clock'>;

interface Wanted {
  name: string;
  version: KnownVersion;
  note?: string;
}

// A process that died after it had given the tag finds it there.
const give = async ({ store, clock }: Deps, indexPath: string, wanted: Wanted): Promise<Tag> => {
  try {
    return await tagVersion(store, indexPath, { ...wanted, nowMs: clock.nowMs() });
  } catch (error) {
    if (!hasCode(error, 'TAG_EXISTS')) throw error;
    const present = (await listTags(store, indexPath)).find(({ name }) => name === wanted.name);
    if (present?.version !== wanted.version.version || present.note !== wanted.note) throw error;
    return present;
  }
};

/** tag-snapshot: a version gets a name, by its number, a time or another tag; the current one when none is given. */
export const tagSnapshot =
  (deps: Deps): Operation =>
  async (args, request) => {
    const name = requiredArg(request, 'tag');
    const { indexPath } = await targetIndex(deps, request);
    const asOf = args.version ?? args.asOf ?? (await readVersions(deps.store, indexPath))[0]?.version ?? 1;
    const version = await resolveVersion(deps.store, indexPath, asOf);
    const { note } = args;
    const tag = await give(deps, indexPath, { name, version, ...(note !== undefined && { note }) });
    const report = await reportAt(deps, 'tag.v1', tagKey(indexPath, name));
    return { summary: `Version ${tag.version} is called ${name}; it stays until the tag goes.`, report };
  };

/** untag-snapshot: a name goes; its version may then expire. */
export const untagSnapshot =
  (deps: Pick<Deps, 'store'>): Operation =>
  async (_args, request) => {
    const name = requiredArg(request, 'tag');
    const { indexPath } = await targetIndex(deps, request);
    const { version } = await resolveVersion(deps.store, indexPath, name);
    await removeTag(deps.store, indexPath, name);
    return { summary: `Version ${version} is no longer called ${name}.` };
  };
