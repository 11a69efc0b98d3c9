import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiKeyTable, documentClient, mintApiKey, readApiKey } from '@alluvium/lambda-kit';

const FILE = 'api-key';
const OWNER_ONLY = 0o600;

/** The key of whoever owns this machine; made on the first start, kept in the state folder where only they can read it. */
export const localKey = async (stateFolder: string): Promise<string> => {
  const file = join(stateFolder, FILE);
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (readApiKey(kept) !== undefined) return kept;
  const { key } = mintApiKey();
  await mkdir(stateFolder, { recursive: true });
  await writeFile(file, `${key}\n`, { mode: OWNER_ONLY });
  return key;
};

/** Enters the key into the table that the authorizer asks; a key that was revoked stays so. */
export const admitLocalKey = async (key: string, tableName: string): Promise<void> => {
  const own = readApiKey(key);
  const keys = apiKeyTable({ client: documentClient(), tableName });
  if (own === undefined || (await keys.find(own.keyId)) !== undefined) return;
  const createdAt = new Date().toISOString();
  await keys.add({ ...own, name: 'this machine', scopes: ['admin'], createdAt });
};
