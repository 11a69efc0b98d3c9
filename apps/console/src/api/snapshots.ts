/** A collection as it lies in the store. */
export interface StoredCollection {
  collection: string;
  createdAt: string;
  updatedAt: string;
  active?: { path: string; modelId: string; dims: number };
  chunker?: { strategy: string; version: number; parameters: Record<string, unknown> };
  snapshot?: {
    version: number;
    publishedAt: string;
    fence: number;
    documents: number;
    chunks: number;
    tombstones: number;
    segments: number;
    sizeBytes: number;
  };
}

/** One version of a collection. */
export interface Version {
  version: number;
  createdAt: string;
  documents: number;
  chunks: number;
  state: string;
  tags: string[];
  change?: { kind: string; version?: number };
}

/** Who is changing a collection. */
export interface LeaseItem {
  state: 'HELD' | 'FREE';
  fence: number;
  runId?: string;
  owner?: string;
  rvn?: string;
  acquiredAtMs?: number;
  heartbeatAtMs?: number;
  expiresAtMs?: number;
}

interface Changed {
  count: number;
  ids: string[];
}

/** What became of the documents between two versions. */
export interface VersionDiff {
  from: number;
  to: number;
  added: Changed;
  changed: Changed;
  deleted: Changed;
}

interface Cost {
  medianMs: number;
  p95Ms: number;
  meanBytes: number;
  meanRequests: number;
}

/** How much of the truth searches find. */
export interface RecallReport {
  queries: number;
  k: number;
  chunks: number;
  asked: number | 'exact';
  recall: number;
  interval: { low: number; high: number };
  planned: Cost;
  exact: Cost;
}
