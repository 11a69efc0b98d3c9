import { objectStoreConformance } from '@alluvium/testkit/object-store-conformance';
import { memoryObjectStore } from '../src/index.ts';

objectStoreConformance('memory', () => Promise.resolve({ store: memoryObjectStore() }));
