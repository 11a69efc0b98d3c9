import { PipelineError, type SourceV1 } from '@alluvium/contracts';
import type { IngestDeps, SourceControl, SourcePlace } from './ports.ts';

/** What is remembered of one source. */
export const controlOf = async (
  { controls }: Pick<IngestDeps, 'controls'>,
  place: SourcePlace,
): Promise<SourceControl> => {
  const [control = {}] = await controls.read([place]);
  return control;
};

/** Why a source is not read, for people; undefined when it is not paused. */
export const pauseOf = (
  source: Pick<SourceV1, 'paused'>,
  { pause }: Pick<SourceControl, 'pause'>,
): string | undefined => {
  if (pause !== undefined) {
    const why = pause.reason === undefined ? '' : ` ("${pause.reason}")`;
    return `${pause.by} paused it at ${pause.at}${why}; resume it first`;
  }
  return source.paused === true ? 'its document says so; set paused to false there' : undefined;
};

/** Refuses to read a source that is paused. Errors: SOURCE_PAUSED. */
export const assertNotPaused = (
  { collection, name }: SourcePlace,
  source: Pick<SourceV1, 'paused'>,
  control: SourceControl,
): void => {
  const reason = pauseOf(source, control);
  if (reason === undefined) return;
  throw new PipelineError(`The source ${collection}/${name} is paused: ${reason}`, {
    code: 'SOURCE_PAUSED',
    kind: 'invalid',
    details: { collection, source: name },
  });
};
