export {
  startFakeChatServer,
  type ChatServerReply,
  type ChatServerRequest,
  type FakeChatServer,
} from './fake-chat-server.ts';
export { bertModel, type BertShape } from './bert-model.ts';
export { startFakeHub, type FakeHub, type FakeHubOptions } from './fake-hub.ts';
export { TINY_BERT, writeHubFolder, type HubFolderOptions } from './hub-folder.ts';
export { fakeBedrock, type BedrockRequest, type FakeBedrock } from './fake-bedrock.ts';
export {
  fakeVector,
  startFakeOpenAi,
  type BatchFate,
  type Disturbance,
  type FakeBatch,
  type FakeOpenAi,
  type FakeOpenAiOptions,
  type OpenAiRequest,
} from './fake-openai.ts';
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
export { seededNormals } from './seeded-normals.ts';
export { delivered, sqsEvent } from './sqs-event.ts';
export { testContext, testRuntime, type DeadLetter, type TestRuntime } from './test-runtime.ts';
export { tinyByteLevel, tinyUnigram, tinyWordPiece } from './tiny-tokenizers.ts';
export { linesOfText, tinyPdf, type PlacedText } from './tiny-pdf.ts';
export { createKeyedTable } from './keyed-table.ts';
