import { PipelineError } from '@alluvium/contracts';
import { requiredArg, type Operation, type OperationRequest } from '@alluvium/lambda-kit';
import { parseSourceKey, SOURCES_PREFIX } from './domain/source-keys.ts';
import type { HoldDeps, SourcePlace } from './ports.ts';

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

/** The place that is meant: without a collection, that of the only source of this name. */
const placeOf = async ({ inbox }: HoldDeps, request: OperationRequest): Promise<SourcePlace> => {
  const name = requiredArg(request, 'source');
  const { collection } = request.args;
  if (collection !== undefined) return { collection, name };
  const keys = (await inbox.list(SOURCES_PREFIX)).map(({ key }) => parseSourceKey(key));
  const found = keys.filter((place) => place !== undefined && place.name === name) as SourcePlace[];
  const [only, another] = found;
  if (only === undefined)
    throw refuse('SOURCE_NOT_FOUND', `There is no source "${name}"; name its collection`);
  if (another === undefined) return only;
  const collections = found.map((place) => place.collection).join(', ');
  throw refuse(
    'SOURCE_AMBIGUOUS',
    `There is a source "${name}" in each of ${collections}; name its collection`,
  );
};

/** Pauses a source: no crawl begins, and one that is under way ends with what it has at its next slice. */
export const pauseSource =
  (deps: HoldDeps): Operation =>
  async (_args, request) => {
    const place = await placeOf(deps, request);
    const at = new Date(deps.runtime.origin.nowMs()).toISOString();
    const { requestedBy: by, reason } = request;
    await deps.controls.change(place, { pause: { at, by, ...(reason === undefined ? {} : { reason }) } });
    return { summary: `The source ${place.collection}/${place.name} is paused: no crawl of it begins.` };
  };

/** Lets a source be read again; a time of its schedule that went by meanwhile is made up for once. */
export const resumeSource =
  (deps: HoldDeps): Operation =>
  async (_args, request) => {
    const place = await placeOf(deps, request);
    await deps.controls.change(place, { pause: undefined });
    return { summary: `The source ${place.collection}/${place.name} is read again as its schedule says.` };
  };
