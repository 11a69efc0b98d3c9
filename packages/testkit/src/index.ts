export {
  startFakeMarvel,
  type FakeMarvel,
  type FakeMarvelOptions,
  type MarvelRequest,
} from './marvel/fake-marvel.ts';
export { memoryIdempotency } from './memory-idempotency.ts';
export { memoryObjects, type MemoryObjects } from './memory-objects.ts';
export { memoryS3, type MemoryS3 } from './memory-s3.ts';
export { recordingBus, type RecordingBus } from './recording-bus.ts';
export { delivered, sqsEvent } from './sqs-event.ts';
export { testContext, testRuntime, type DeadLetter, type TestRuntime } from './test-runtime.ts';
