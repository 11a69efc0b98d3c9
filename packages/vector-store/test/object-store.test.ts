import { objectStoreConformance } from '@alluvium/testkit/object-store-conformance';
import { pointerStoreConformance } from '@alluvium/testkit/pointer-store-conformance';
import { versionedStoreConformance } from '@alluvium/testkit/versioned-store-conformance';
import { memoryObjectStore } from '../src/index.ts';

objectStoreConformance('memory', () => Promise.resolve({ store: memoryObjectStore() }));
pointerStoreConformance('memory', () => Promise.resolve({ store: memoryObjectStore() }));
versionedStoreConformance('memory', () => Promise.resolve({ store: memoryObjectStore() }));
