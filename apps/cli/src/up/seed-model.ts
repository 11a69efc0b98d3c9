import { fileURLToPath } from 'node:url';
import { uploadModel } from '../models/upload-model.ts';

/** The model that comes with the project. */
export const BUILT_IN_MODEL = 'alluvium-384';

const FOLDER = new URL(`../../../../packages/embedding/models/${BUILT_IN_MODEL}/`, import.meta.url);

/** Puts the built-in model where the embed and query functions load it from. */
export const seedModel = async (bucket: string): Promise<void> => {
  await uploadModel({ bucket, directory: fileURLToPath(FOLDER), isReplacing: true });
};
