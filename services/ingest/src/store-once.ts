import { sha256Hex, type DocumentContract, type PointerV1 } from '@alluvium/contracts';
import { packRecords, type Objects } from '@alluvium/lambda-kit';

/** Records as they lie in the bucket. */
export interface StoredRecords<T> {
  pointer: PointerV1;
  records: readonly T[];
  /** False when other records were there already. */
  ours: boolean;
}

/** Writes records once; what is there already wins, and is read back when it differs. */
export const storeOnce = async <T>(
  objects: Objects,
  contract: DocumentContract<T>,
  key: string,
  records: readonly T[],
): Promise<StoredRecords<T>> => {
  const bytes = packRecords(contract, records);
  const pointer = await objects.writeBytes(contract.name, key, bytes);
  if (pointer.sha256 === sha256Hex(bytes)) {
    return { pointer: { ...pointer, records: records.length }, records, ours: true };
  }
  const stored = await objects.readRecords(contract, pointer);
  return { pointer: { ...pointer, records: stored.length }, records: stored, ours: false };
};
