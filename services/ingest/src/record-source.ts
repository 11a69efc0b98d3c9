import type { IngestionContinuedV1, RawRecordV1 } from '@alluvium/contracts';
import type { Position, ReadRecord } from './domain/cut-parts.ts';

/** What one function call reads of a run: from its cursor on, for as long as it may. */
export type Slice = IngestionContinuedV1['data'];

/** Gives the records of a run, the same ones however often it is asked. */
export interface RecordSource {
  /** The records from a position on. Throws {@link SliceOver} when it had better be asked by the next slice. */
  read(from: Position): AsyncGenerator<ReadRecord>;
  /** Where the crawl stands after a record. */
  after(last: RawRecordV1): Position;
  /** Called when all records were read and stored, before the run is sealed. */
  finish(parts: number): Promise<void>;
}

/** Ends a slice: what was read is kept by the source, and the next slice goes on. */
export class SliceOver extends Error {
  /** What makes this slice another one than the last. */
  readonly progress: number;

  constructor(progress: number) {
    super('The slice is over');
    this.name = 'SliceOver';
    this.progress = progress;
  }
}
