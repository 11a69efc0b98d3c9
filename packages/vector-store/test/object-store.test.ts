import { objectStoreConformance } from '../../testkit/src/object-store-conformance.ts';
import { memoryObjectStore } from '../src/index.ts';

objectStoreConformance('memory', () => Promise.resolve({ store: memoryObjectStore() }));
