import { recordFormatOf } from '@alluvium/connectors';
import type { RawRecordV1, UploadManifestV1 } from '@alluvium/contracts';

/** Where a crawl stands: the next file, the lines of it that are done, and the next record's place in the run. */
export interface Position {
  file: number;
  record: number;
  sequence: number;
}

/** A record and where the crawl stands after it. */
export interface ReadRecord {
  record: RawRecordV1;
  next: Position;
}

/** The records of one part and where the crawl stands after it. */
export interface PlannedPart {
  records: RawRecordV1[];
  next: Position;
}

export interface PartLimits {
  /** Text of a part in UTF-16 units; a longer record is a part of its own. */
  maxChars: number;
  maxRecords: number;
  /** True once the part that is open should be the last one, as time runs out: some files take seconds each. */
  isOver?: () => boolean;
}

export const PART_LIMITS: PartLimits = { maxChars: 1_000_000, maxRecords: 1000 };

const isFull = (
  { records, chars }: { records: number; chars: number },
  { maxChars, maxRecords, isOver }: PartLimits,
): boolean => chars > maxChars || records >= maxRecords || isOver?.() === true;

/** Cuts records into parts, in order; a record is never divided. */
export async function* cutParts(
  records: AsyncIterable<ReadRecord>,
  limits: PartLimits,
): AsyncGenerator<PlannedPart> {
  let part: PlannedPart | undefined;
  let chars = 0;
  for await (const { record, next } of records) {
    const length = record.body?.length ?? 0;
    if (part !== undefined && isFull({ records: part.records.length, chars: chars + length }, limits)) {
      yield part;
      part = undefined;
      chars = 0;
    }
    part ??= { records: [], next };
    part.records.push(record);
    part.next = next;
    chars += length;
  }
  if (part !== undefined) yield part;
}

/** Where the crawl stands after a part that was stored before, told from its last record. */
export const positionAfter = ({ files }: UploadManifestV1, { path, sequence }: RawRecordV1): Position => {
  const whole = files.findIndex((file) => file.path === path);
  if (whole !== -1) return { file: whole + 1, record: 0, sequence: sequence + 1 };
  const [, filePath, line] = /^(.*)#(\d+)$/s.exec(path) ?? [];
  const file = files.findIndex(
    (listed) => listed.path === filePath && recordFormatOf(listed.path) !== undefined,
  );
  return { file, record: Number(line), sequence: sequence + 1 };
};
