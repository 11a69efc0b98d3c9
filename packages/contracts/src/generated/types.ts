// Generated from schemas/ by `npm run generate`. Do not edit.


/**
 * What the search of a chat keeps to.
 */
export interface ChatFiltersV1 {
/**
 * Only documents of this kind.
 */
entity?: string
/**
 * Only the document with this entityId.
 */
id?: string
/**
 * Only documents modified at or after this time.
 */
since?: string
/**
 * Only documents modified before this time.
 */
until?: string
}
/**
 * How documents are cut into chunks. Another chunker gives every chunk another id.
 */
export interface ChunkerV1 {
/**
 * Name of the strategy.
 */
strategy: string
/**
 * Version of the strategy: counts up when the same text and parameters give other chunks.
 */
version: number
/**
 * Sizes; those left out, or all of them, are the defaults of the strategy.
 */
parameters?: {
/**
 * Largest chunk in UTF-16 units; of sentence, markdown and code.
 */
maxChars?: number
/**
 * Units that neighbours may share; of sentence.
 */
overlapChars?: number
/**
 * Largest chunk in tokens of the collection's model; of token.
 */
maxTokens?: number
/**
 * Tokens that neighbours may share; of token.
 */
overlapTokens?: number
}
}
/**
 * Why something was left out or failed.
 */
export interface FailureV1 {
/**
 * Stable code of the failure.
 */
code: string
/**
 * What happened, naming the input.
 */
message: string
}
/**
 * One index of a collection: its vectors come from one model.
 */
export interface IndexV1 {
/**
 * Key prefix of the index.
 */
path: string
/**
 * Embedding model: id and first 12 hex digits of the sha256 of its weights.
 */
modelId: string
/**
 * Dimensions of its vectors.
 */
dims: number
}
/**
 * What to read: the source, the connector that reads it and its window.
 */
export interface IngestionSourceV1 {
/**
 * Name of the source.
 */
name: string
/**
 * Connector that reads the source.
 */
connector: string
manifest: PointerV1
}
/**
 * Names one immutable S3 object; never a signed URL.
 */
export interface PointerV1 {
/**
 * Bucket that holds the object.
 */
bucket: string
/**
 * Key of the object.
 */
key: string
/**
 * Version of the object, where it matters.
 */
versionId?: string
/**
 * sha256 of the stored bytes.
 */
sha256: string
/**
 * Size of the stored bytes.
 */
bytes: number
/**
 * Number of records in the object.
 */
records?: number
/**
 * Name of the schema of the object, or of each of its records.
 */
contentSchema: string
}
/**
 * What every event carries beside its data.
 */
export interface MetadataV1 {
/**
 * ULID of this event; another on every emission.
 */
eventId: string
/**
 * W3C trace id, constant along a chain of events.
 */
traceId: string
/**
 * The run or job this event belongs to.
 */
correlationId: string
/**
 * eventId of the event that caused this one; its own eventId when nothing did.
 */
causationId: string
/**
 * sha256 of detail-type and business identity; equal on every retry.
 */
idempotencyKey: string
/**
 * Service and version that emitted the event.
 */
producer: string
/**
 * When it was emitted.
 */
occurredAt: string
}
/**
 * What an operation needs to know; each takes its own of these.
 */
export interface OperationArgsV1 {
/**
 * Name of the collection.
 */
collection?: string
/**
 * The index to change; the one that answers for the collection when not given.
 */
indexPath?: string
/**
 * Version of the snapshot to tag or to go back to; the current one to tag when not given.
 */
version?: number
/**
 * The same by a time (ISO 8601) or by a tag.
 */
asOf?: string
/**
 * Name of the tag.
 */
tag?: string
/**
 * What the tag is for.
 */
note?: string
/**
 * Key of the segment to leave out.
 */
segment?: string
/**
 * Version of the lock that is to be broken, as it was seen.
 */
rvn?: string
/**
 * Garbage collection keeps so many versions before the current one.
 */
keepVersions?: number
/**
 * Garbage collection keeps all versions of so many days.
 */
keepDays?: number
/**
 * Garbage collection keeps one version a day for so many days.
 */
keepDaily?: number
/**
 * Source to pause or resume.
 */
source?: string
/**
 * Stage to pause, resume or redrive.
 */
stage?: string
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId?: string
/**
 * Document to erase.
 */
documentId?: string
/**
 * Documents to erase, when they are several.
 * 
 * @minItems 1
 * @maxItems 5
 * 
 * Items: Identity of a document.
 */
documentIds?: string[]
/**
 * Erases every document that fits all that is given.
 */
filter?: {
/**
 * Source of the documents.
 */
source?: string
/**
 * Entity of the documents.
 */
entity?: string
/**
 * Name of an attribute; it goes with value.
 */
attribute?: string
/**
 * What the attribute is, as text; of a list, one of its elements.
 */
value?: string
}
/**
 * True to report only what would be done.
 */
dryRun?: boolean
}
/**
 * All deltas that a snapshot holds, so that none is applied twice. Immutable; the manifest names it.
 */
export interface AppliedDeltasV1 {
/**
 * Tells what the object is.
 */
format: "applied-deltas.v1"
/**
 * One entry an attempt of a run with deltas in the snapshot.
 */
runs: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * The deltas, ascending by part.
 * 
 * @minItems 1
 */
parts: {
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Identity of the delta.
 */
deltaId: string
}[]
/**
 * When the latest of them was applied, in milliseconds since 1970.
 */
appliedAtMs: number
}[]
/**
 * Runs of more than 35 days ago, ascending: their deltas are refused.
 * 
 * Items: Identity of the run.
 */
expired: string[]
/**
 * Deltas that a rollback took out: they are refused until they are let in again on purpose.
 */
reverted?: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * The deltas, ascending by part.
 * 
 * @minItems 1
 */
parts: {
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Identity of the delta.
 */
deltaId: string
}[]
/**
 * When the latest of them was applied, in milliseconds since 1970.
 */
appliedAtMs: number
}[]
}
/**
 * The deltas that one publish applied, or those that rollbacks took out.
 */
export interface AppliedPartsV1 {
/**
 * Name of the collection.
 */
collection: string
/**
 * One entry a delta.
 */
parts: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Identity of the delta.
 */
deltaId: string
}[]
}
/**
 * The answer to a question, with what it rests upon.
 */
export interface ChatAnswerV1 {
/**
 * Identity of the job, a ULID.
 */
jobId: string
/**
 * The conversation.
 */
sessionId: string
/**
 * Name of the collection.
 */
collection: string
/**
 * What was asked.
 */
question: string
/**
 * How it was answered.
 */
route: string
/**
 * What was searched for.
 */
search?: {
/**
 * The words.
 */
q: string
filters?: ChatFiltersV1
/**
 * Version of the snapshot.
 */
version?: number
/**
 * Passages that were found.
 */
passages?: number
}
/**
 * The answer; [1] names a citation.
 */
answer: string
/**
 * The passages that the answer names.
 */
citations: {
/**
 * As the answer names it: [1].
 */
number: number
/**
 * The chunk.
 */
chunkId: string
/**
 * The document.
 */
documentId: string
/**
 * Title of the document.
 */
title: string
/**
 * Where a reader finds the document.
 */
url?: string
/**
 * What the chunk says, from its beginning.
 */
quote: string
}[]
/**
 * Who wrote the answer.
 */
provider: {
/**
 * Provider.
 */
name: string
/**
 * Its model.
 */
model?: string
/**
 * Tokens read.
 */
inputTokens?: number
/**
 * Tokens written.
 */
outputTokens?: number
}
/**
 * What a reader should know of the answer.
 */
notice?: string
/**
 * When it was answered.
 */
answeredAt: string
}
/**
 * A document with its chunks.
 */
export interface ChunkedDocumentV1 {
/**
 * <source>/<entity>#<entityId>.
 */
documentId: string
/**
 * Name of the source.
 */
source: string
/**
 * Kind of the document.
 */
entity: string
/**
 * Identity of the document among its kind.
 */
entityId: string
/**
 * Title of the document.
 */
title: string
/**
 * Where a reader finds the document.
 */
url?: string
/**
 * When the source says it changed; data for filters, never a revision.
 */
modified?: string
/**
 * Filterable values by name: string, number, boolean or list of strings.
 */
attributes: Record<string, string | number | boolean | string[]>
/**
 * Revision of the document; the greatest wins.
 */
revision: {
/**
 * The source lease's fence when the run began; newer runs of a source have greater ones.
 */
fence: number
/**
 * Position of the record in its run.
 */
sequence: number
/**
 * sha256 of the content of the document.
 */
contentHash: string
}
/**
 * True when the document is gone from the source.
 */
deleted: boolean
/**
 * The chunks in order.
 */
chunks: {
/**
 * Identity of the chunk: a hash of document, chunker, ordinal and text.
 */
chunkId: string
/**
 * Position of the chunk in its document.
 */
ordinal: number
/**
 * The text of the chunk.
 */
text: string
/**
 * Offset of its first UTF-16 unit in the text of the document.
 */
start: number
/**
 * Offset after its last UTF-16 unit.
 */
end: number
/**
 * What encloses the chunk and is not in it, such as headings, from the outside in.
 */
context?: string
}[]
}
/**
 * A collection and the index that answers for it.
 */
export interface CollectionV1 {
/**
 * Name of the collection.
 */
collection: string
/**
 * When it was created.
 */
createdAt: string
/**
 * When it last changed.
 */
updatedAt: string
active?: IndexV1
chunker?: ChunkerV1
/**
 * Embedding model, as it lies under models/<id>/; that of the installation when not given.
 */
model?: string
/**
 * Name under which chunks, deltas and index of this collection are kept, after a switch to a candidate; its own when not given. What is derived for the collection is chunked for this name.
 */
indexName?: string
/**
 * Indexes that are built beside the active one. Each is a collection of its own with its own document, chunker and model; what is derived for this collection is chunked for each of them too.
 * 
 * @maxItems 4
 * 
 * Items: Name of a candidate.
 */
candidates?: string[]
/**
 * The collection that this one is, or was, a candidate of; it is not listed by itself.
 */
candidateOf?: string
/**
 * What garbage collection keeps, where it is not told otherwise.
 */
retention?: {
/**
 * So many versions before the current one.
 */
keepVersions?: number
/**
 * All versions of so many days.
 */
keepDays?: number
/**
 * One version a day for so many days.
 */
keepDaily?: number
}
/**
 * When it was deleted: it answers no more, and its objects go with garbage collection.
 */
deletedAt?: string
/**
 * What was derived before belongs to a deleted collection of the same name.
 */
since?: string
ownIndex?: IndexV1
}
/**
 * One step of a crawl: what it fetched and where it goes on. Written before the next step begins, so that nothing is fetched twice.
 */
export interface CrawlPageV1 {
/**
 * Identity of the run.
 */
runId: string
/**
 * Index of the step in its run, from 0.
 */
page: number
/**
 * The records that the step gave, in order.
 */
records: RawRecordV1[]
/**
 * Opaque: where the crawl goes on, what it saw and how it ended.
 */
progress: Record<string, string | number | boolean | string[]>
}
/**
 * One record as the source gave it, or the reason why it could not be read.
 */
export interface RawRecordV1 {
/**
 * Position of the record in its run, from 0.
 */
sequence: number
/**
 * File the record came from, with #line for a record inside it.
 */
path: string
/**
 * Media type of the body.
 */
mediaType?: string
/**
 * The untouched text of the record.
 */
body?: string
/**
 * Title given with the upload.
 */
title?: string
/**
 * Where a reader finds the document.
 */
url?: string
/**
 * Filterable values by name: string, number, boolean or list of strings.
 */
attributes?: Record<string, string | number | boolean | string[]>
/**
 * Kind of the document, where the source knows it.
 */
entity?: string
/**
 * Identity of the document among its kind; its path when not given.
 */
entityId?: string
/**
 * When the source says it changed.
 */
modified?: string
/**
 * True for a document that is gone from the source.
 */
deleted?: boolean
rejected?: FailureV1
}
/**
 * The vectors and texts of one part. Stored in a checksummed binary layout; this is its logical form without the vectors.
 */
export interface DeltaV1 {
/**
 * Identity of the delta.
 */
deltaId: string
/**
 * Name of the collection.
 */
collection: string
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Index of the part in the run, from 0.
 */
part: number
index: IndexV1
/**
 * The documents that the delta replaces as a whole.
 */
documents: {
/**
 * <source>/<entity>#<entityId>.
 */
documentId: string
/**
 * Revision of the document; the greatest wins.
 */
revision: {
/**
 * The source lease's fence when the run began; newer runs of a source have greater ones.
 */
fence: number
/**
 * Position of the record in its run.
 */
sequence: number
/**
 * sha256 of the content of the document.
 */
contentHash: string
}
/**
 * True when the document is gone from the source.
 */
deleted: boolean
}[]
}
/**
 * A canonical document, ready to be chunked.
 */
export interface DerivedDocumentV1 {
/**
 * <source>/<entity>#<entityId>.
 */
documentId: string
/**
 * Name of the source.
 */
source: string
/**
 * Kind of the document.
 */
entity: string
/**
 * Identity of the document among its kind.
 */
entityId: string
/**
 * Title of the document.
 */
title: string
/**
 * Where a reader finds the document.
 */
url?: string
/**
 * When the source says it changed; data for filters, never a revision.
 */
modified?: string
/**
 * Filterable values by name: string, number, boolean or list of strings.
 */
attributes: Record<string, string | number | boolean | string[]>
/**
 * Revision of the document; the greatest wins.
 */
revision: {
/**
 * The source lease's fence when the run began; newer runs of a source have greater ones.
 */
fence: number
/**
 * Position of the record in its run.
 */
sequence: number
/**
 * sha256 of the content of the document.
 */
contentHash: string
}
/**
 * True when the document is gone from the source.
 */
deleted: boolean
/**
 * The readable text.
 */
text: string
/**
 * Headings of the text, in order, where the source marks them.
 */
headings?: {
/**
 * 1 is the outermost.
 */
level: number
/**
 * What it says.
 */
text: string
/**
 * Offset of its first UTF-16 unit in the text.
 */
start: number
}[]
/**
 * Other documents of the source that this one refers to; whether they are there, nobody has looked.
 * 
 * @maxItems 5000
 * 
 * Items: One reference.
 */
edges?: {
/**
 * What the other one is to this one.
 */
relation: string
/**
 * Kind of the document.
 */
entity: string
/**
 * Identity of the document among its kind.
 */
entityId: string
}[]
}
/**
 * A vector that a provider gave for one passage of a part.
 */
export interface EmbeddedRowV1 {
/**
 * Index of the passage among those of the part, from 0.
 */
row: number
/**
 * Base64 of its components, float32, little-endian, of Euclidean length 1.
 */
vector: string
}
/**
 * manifest.json of a model's folder: what the model is, how it is run and how to prove that it works. Whoever installs a model writes it.
 */
export interface EmbeddingModelV1 {
/**
 * Tells what the file is.
 */
format: "embedding-model/1"
/**
 * Name of the model.
 */
id: string
/**
 * Revision of the model.
 */
revision: string
/**
 * SPDX identifier of its license.
 */
license: string
/**
 * Components of a vector.
 */
dimensions: number
/**
 * Tokens per text, [CLS] and [SEP] included; the rest of a longer text is not read.
 */
max_tokens: number
/**
 * How tokenizer.json is read.
 */
tokenizer: ("wordpiece" | "hf-json")
/**
 * Inputs of the graph, all int64 [batch, sequence].
 * 
 * @minItems 1
 * 
 * Items: One input.
 */
inputs: ("input_ids" | "attention_mask" | "token_type_ids")[]
/**
 * Output of the graph: float32 [batch, dimensions] when it pools, else [batch, sequence, dimensions].
 */
output: string
/**
 * How a vector comes from the tokens.
 */
pooling: ("in-graph" | "cls" | "mean")
/**
 * Who gives vectors the length 1.
 */
normalize: ("in-graph" | "l2")
/**
 * Put before a question; may be empty.
 */
query_prefix: string
/**
 * Put before a passage; may be empty.
 */
passage_prefix: string
/**
 * Of the weights, for people.
 */
precision: string
/**
 * Limits of a batch.
 */
batch: {
/**
 * Texts times longest text of one run, for runtimes that batch.
 */
max_padded_tokens: number
}
/**
 * The files beside this one. Readers accept more of them.
 */
files: {
/**
 * The graph and its weights.
 */
"model.onnx": {
/**
 * Size of the file.
 */
bytes: number
/**
 * sha256 of the file.
 */
sha256: string
}
/**
 * The vocabulary.
 */
"tokenizer.json": {
/**
 * Size of the file.
 */
bytes: number
/**
 * sha256 of the file.
 */
sha256: string
}
}
/**
 * Texts whose vectors are known: a model that gives others is refused.
 * 
 * @minItems 1
 */
probe: {
/**
 * A text.
 */
text: string
/**
 * First components of its vector.
 * 
 * @minItems 1
 * 
 * Items: One component.
 */
first: number[]
/**
 * How far each component may be off.
 */
atol: number
}[]
}
/**
 * manifest.json of a model that a provider runs: no files lie beside it. Whoever installs the model writes it.
 */
export interface EmbeddingProviderV1 {
/**
 * Tells what the file is.
 */
format: "embedding-provider/1"
/**
 * Name of the model in this installation.
 */
id: string
/**
 * Components of a vector.
 */
dimensions: number
/**
 * Tokens per text; a text of more bytes than this is cut there, as a token has at least one byte.
 */
max_tokens: number
/**
 * Put before a question; may be empty.
 */
query_prefix: string
/**
 * Put before a passage; may be empty.
 */
passage_prefix: string
/**
 * Who computes the vectors, and how it is asked.
 */
provider: {
/**
 * Whom to ask: openai is any compatible endpoint, openai-batch the same with passages in batches at half the price, bedrock Amazon Bedrock.
 */
kind: string
/**
 * Name of the model with the provider.
 */
model: string
/**
 * Where an OpenAI-compatible API begins; https://api.openai.com/v1 when absent.
 */
baseUrl?: string
/**
 * Name of the secret that holds the API key, never the key.
 */
secret?: string
/**
 * Region of Bedrock; that of the function when absent.
 */
region?: string
/**
 * Whether the number of dimensions is sent with each request; true when absent. Models of one size only refuse it.
 */
sends_dimensions?: boolean
/**
 * Requests that one execution environment sends a minute at most.
 */
requests_per_minute?: number
/**
 * Tokens that one execution environment sends a minute at most, estimated from above.
 */
tokens_per_minute?: number
}
}
/**
 * What was done so that no version of an index holds the text of some documents, and how it was proved.
 */
export interface EraseReportV1 {
/**
 * Tells what the object is.
 */
format: "erase-report.v1"
/**
 * ULID of the erasure.
 */
eraseId: string
/**
 * The index.
 */
indexPath: string
/**
 * When it was proved.
 */
at: string
/**
 * Fence of the lease under which it was done.
 */
fence: number
/**
 * The documents.
 * 
 * Items: Identity of a document.
 */
documentIds: string[]
/**
 * The version that was current when it was proved.
 */
headVersion: number
/**
 * Segments that took the place of those that held them.
 * 
 * Items: A key.
 */
rewritten: string[]
/**
 * Segments that were searched for them, those that no version names among them.
 */
examined: {
/**
 * How many.
 */
objects: number
/**
 * Their size together.
 */
bytes: number
}
/**
 * Objects that were deleted with all of their versions.
 */
deleted: {
/**
 * How many.
 */
objects: number
/**
 * Their size together.
 */
bytes: number
}
/**
 * Versions that held them and can no longer be read, newest first.
 * 
 * Items: A version.
 */
versionsDropped: number[]
/**
 * Tags that named one of these.
 * 
 * Items: A tag.
 */
tagsDropped: string[]
/**
 * The search afterwards, through every segment that is left.
 */
proof: {
/**
 * Segments that were read.
 */
segments: number
/**
 * Records in them.
 */
records: number
/**
 * Records that still hold something of the documents.
 */
found: number
}
/**
 * Prefixes outside the index that may hold the documents and were not touched.
 * 
 * Items: A prefix.
 */
notCovered: string[]
}
/**
 * What an operator had erased, from every index of a collection and from all that came before and after it, and how it was proved.
 */
export interface ErasureV1 {
/**
 * Tells what the object is.
 */
format: "erasure.v1"
/**
 * ULID of the operation.
 */
operationId: string
/**
 * Name of the collection.
 */
collection: string
/**
 * When it was proved.
 */
at: string
/**
 * Who asked: the name of the key.
 */
requestedBy: string
/**
 * Why, in the words of who asked.
 */
reason?: string
/**
 * The documents.
 * 
 * Items: Identity of a document.
 */
documentIds: string[]
/**
 * The indexes that were searched.
 */
indexes: {
/**
 * The index.
 */
indexPath: string
/**
 * Key of the proof (erase-report.v1).
 */
report: string
}[]
/**
 * Objects outside the indexes that were searched for them, old versions among them.
 */
examined: {
/**
 * How many.
 */
objects: number
/**
 * Their size together.
 */
bytes: number
}
/**
 * Objects outside the indexes that held something of them and were deleted with all of their versions.
 */
deleted: {
/**
 * How many.
 */
objects: number
/**
 * Their size together.
 */
bytes: number
}
/**
 * The keys of these.
 * 
 * Items: A key.
 */
deletedKeys: string[]
/**
 * Those among them that could not be read: they may have held anything.
 * 
 * Items: A key.
 */
unreadable: string[]
/**
 * Runs that cannot be replayed any more: parts of them are gone, with the other documents in these.
 * 
 * Items: Identity of a run.
 */
replaysBroken: string[]
/**
 * The search afterwards, through every object outside the indexes that was not seen before.
 */
proof: {
/**
 * Objects that are there, old versions among them.
 */
objects: number
/**
 * Objects that still hold something of the documents.
 */
found: number
}
/**
 * What may hold the documents and was not searched.
 * 
 * Items: What, in words.
 */
notCovered: string[]
}
/**
 * Objects that nothing named when they were looked for; the next cycle deletes those that are still unnamed. While it lies there, nobody builds on what it lists.
 */
export interface GarbageMarksV1 {
/**
 * Tells what the object is.
 */
format: "garbage-marks.v1"
/**
 * ULID of the cycle.
 */
markId: string
/**
 * Why they are to go.
 */
kind: ("unreferenced" | "erased")
/**
 * When, by the clock of the bucket.
 */
markedAt: string
/**
 * The objects.
 */
candidates: {
/**
 * Key of the object.
 */
key: string
/**
 * Its size.
 */
sizeBytes: number
}[]
}
/**
 * What one cycle kept, marked and deleted.
 */
export interface GcReportV1 {
/**
 * Tells what the object is.
 */
format: "gc-report.v1"
/**
 * ULID of the cycle.
 */
gcId: string
/**
 * The index.
 */
indexPath: string
/**
 * When, by the clock of the bucket; by the own one in a dry run.
 */
at: string
/**
 * Whether nothing was changed.
 */
dryRun: boolean
/**
 * The current version.
 */
head: number
/**
 * Versions that stay, newest first.
 * 
 * Items: A version.
 */
keptVersions: number[]
/**
 * Versions that go, newest first.
 * 
 * Items: A version.
 */
expiredVersions: number[]
/**
 * Objects that a kept version needs.
 */
kept: {
/**
 * How many.
 */
objects: number
/**
 * Their size together.
 */
bytes: number
}
/**
 * Objects that nothing names yet, too young to judge.
 */
young: {
/**
 * How many.
 */
objects: number
/**
 * Their size together.
 */
bytes: number
}
/**
 * Objects that wait for the next cycle.
 */
marked: {
/**
 * How many.
 */
objects: number
/**
 * Their size together.
 */
bytes: number
}
/**
 * Objects that were deleted; in a dry run, that would be.
 */
deleted: {
/**
 * How many.
 */
objects: number
/**
 * Their size together.
 */
bytes: number
}
/**
 * Noncurrent versions of objects that were deleted; in a dry run, that would be.
 */
noncurrent: {
/**
 * How many.
 */
objects: number
/**
 * Their size together.
 */
bytes: number
}
/**
 * Objects of no kind that is known; never touched.
 */
unknown: {
/**
 * How many.
 */
objects: number
/**
 * Their size together.
 */
bytes: number
}
/**
 * The keys of the deleted.
 * 
 * Items: A key.
 */
deletedKeys: string[]
/**
 * When what is marked may be deleted; absent when nothing is.
 */
dueAt?: string
}
/**
 * The one object of an index that changes: names the current snapshot. Every write is conditional on the ETag of what was read.
 */
export interface HeadV1 {
/**
 * Tells what the object is.
 */
format: "head.v1"
/**
 * Counts the commits; 0 is a claim before the first one, and there is no manifest yet.
 */
version: number
/**
 * Fence of the lease whose holder wrote it; never decreases.
 */
fence: number
/**
 * ULID, new with every write: no two bodies, hence no two ETags, are equal.
 */
publishId: string
/**
 * The publishId that this write replaced; absent in the very first HEAD.
 */
parentPublishId?: string
/**
 * Key of the manifest; absent before the first commit.
 */
manifestKey?: string
/**
 * sha256 of the manifest; present when manifestKey is.
 */
manifestSha256?: string
/**
 * Sizes of the snapshot.
 */
counts: {
/**
 * Documents that are there; tombstones are not counted.
 */
documents: number
/**
 * Chunks of all documents.
 */
chunks: number
/**
 * Deleted documents that are still remembered, so that no older revision brings them back.
 */
tombstones: number
}
/**
 * Sum modulo 2^256 of one sha256 a document: equal sets have equal hashes.
 */
setHash: string
/**
 * The last publishIds, the own one included: tells a publisher whether its write landed.
 * 
 * @minItems 1
 * @maxItems 32
 * 
 * Items: One publishId.
 */
recentPublishIds: string[]
/**
 * When this version was committed; a claim keeps it.
 */
createdAt: string
/**
 * The `index` of the manifest as JSON text, when it is small: a reader needs no other object to begin. Comes with indexCrc32.
 */
index?: string
/**
 * crc32 of `index` in UTF-8.
 */
indexCrc32?: number
}
/**
 * Committed versions of an index, so many at a time; the manifests after them name it. Immutable.
 */
export interface HistoryPageV1 {
/**
 * Tells what the object is.
 */
format: "history-page.v1"
/**
 * The versions, oldest first.
 * 
 * @minItems 1
 * @maxItems 32
 */
versions: {
/**
 * Version of the snapshot.
 */
version: number
/**
 * ULID of its publish.
 */
publishId: string
/**
 * sha256 of its manifest.
 */
sha256: string
/**
 * When it was made.
 */
createdAt: string
/**
 * Documents it holds.
 */
documents: number
/**
 * Chunks it holds.
 */
chunks: number
/**
 * What made the version, where it was not a publish of deltas.
 */
change?: {
/**
 * What was done.
 */
kind: string
/**
 * Of a rollback: the version whose content this one has.
 */
version?: number
}
}[]
/**
 * The page with those before; absent in the first.
 */
older?: {
/**
 * Where it lies.
 */
key: string
/**
 * sha256 of the object.
 */
sha256: string
/**
 * Size of the object.
 */
sizeBytes: number
}
}
/**
 * Everything that one version of an index consists of. Immutable; HEAD names it.
 */
export interface ManifestV1 {
/**
 * Tells what the object is.
 */
format: "manifest.v1"
/**
 * What a search needs.
 */
index: {
/**
 * The model that made the vectors.
 */
model: {
/**
 * Embedding model: id and first 12 hex digits of the sha256 of its weights.
 */
id: string
/**
 * Dimensions of its vectors.
 */
dims: number
}
/**
 * The analyzer that made the terms.
 */
analyzer: string
/**
 * All segments; each is immutable and may belong to many snapshots.
 */
segments: {
/**
 * Where it lies; named by its content and the publish that wrote it.
 */
key: string
/**
 * Size of the object.
 */
sizeBytes: number
/**
 * sha256 of the object.
 */
sha256: string
/**
 * Documents that are there; tombstones are not counted.
 */
documents: number
/**
 * Chunks of all documents.
 */
chunks: number
/**
 * Deleted documents that are still remembered, so that no older revision brings them back.
 */
tombstones: number
/**
 * Version of the segment's format, so that a reader of single planes refuses what it does not know; absent: 2.
 */
version?: number
/**
 * Terms of all chunks together, for the average length.
 */
terms: number
/**
 * Byte ranges of its parts, so that a search reads only what it needs.
 * 
 * @minItems 1
 */
planes: {
/**
 * Name of the plane.
 */
name: string
/**
 * First byte.
 */
start: number
/**
 * First byte after it.
 */
end: number
/**
 * crc32 of its bytes.
 */
crc32: number
}[]
/**
 * What the documents have, so that a search passes segments by that cannot match.
 */
statistics?: Record<string, string | number | boolean | string[]>
/**
 * How far a search must look, measured on rows of the segment; absent in small segments, which are read whole.
 */
calibration?: {
/**
 * Rows of the nearest clusters to read.
 */
probedRows: {
/**
 * For 95 % of the true neighbours.
 */
p95: number
/**
 * For 99 % of the true neighbours.
 */
p99: number
}
/**
 * Best rows by their 1-bit codes to compare exactly.
 */
rescoredRows: {
/**
 * For 95 % of the true neighbours.
 */
p95: number
/**
 * For 99 % of the true neighbours.
 */
p99: number
}
}
/**
 * Documents that newer segments replace; absent when there is none.
 */
dead?: {
/**
 * Their ordinals, ascending: varint gaps in base64.
 */
ordinals: string
/**
 * How many documents, chunks and tombstones these are.
 */
counts: {
/**
 * Documents, tombstones left out.
 */
documents: number
/**
 * Their chunks.
 */
chunks: number
/**
 * Tombstones.
 */
tombstones: number
}
}
}[]
}
/**
 * What the next publish needs.
 */
publish: {
/**
 * Version of the snapshot; HEAD's once it is committed.
 */
version: number
/**
 * ULID of the publish.
 */
publishId: string
/**
 * Fence of the lease whose holder wrote it; never decreases.
 */
fence: number
/**
 * When it was made.
 */
createdAt: string
/**
 * Sizes of the snapshot, counted again before the commit.
 */
counts: {
/**
 * Documents that are there; tombstones are not counted.
 */
documents: number
/**
 * Chunks of all documents.
 */
chunks: number
/**
 * Deleted documents that are still remembered, so that no older revision brings them back.
 */
tombstones: number
}
/**
 * Sum modulo 2^256 of one sha256 a document: equal sets have equal hashes.
 */
setHash: string
/**
 * The applied-deltas.v1 of the snapshot.
 */
applied: {
/**
 * Where it lies; named by its content and the publish that wrote it.
 */
key: string
/**
 * sha256 of the object.
 */
sha256: string
/**
 * Size of the object.
 */
sizeBytes: number
}
/**
 * The committed versions before this one. Absent in manifests of the first releases.
 */
history?: {
/**
 * The last of them, oldest first.
 * 
 * @maxItems 32
 */
recent: {
/**
 * Version of the snapshot.
 */
version: number
/**
 * ULID of its publish.
 */
publishId: string
/**
 * sha256 of its manifest.
 */
sha256: string
/**
 * When it was made.
 */
createdAt: string
/**
 * Documents it holds.
 */
documents: number
/**
 * Chunks it holds.
 */
chunks: number
/**
 * What made the version, where it was not a publish of deltas.
 */
change?: {
/**
 * What was done.
 */
kind: string
/**
 * Of a rollback: the version whose content this one has.
 */
version?: number
}
}[]
/**
 * The page with those before.
 */
older?: {
/**
 * Where it lies.
 */
key: string
/**
 * sha256 of the object.
 */
sha256: string
/**
 * Size of the object.
 */
sizeBytes: number
}
}
/**
 * What made the version, where it was not a publish of deltas.
 */
change?: {
/**
 * What was done.
 */
kind: string
/**
 * Of a rollback: the version whose content this one has.
 */
version?: number
}
}
}
/**
 * A record that was left out, and why.
 */
export interface RejectV1 {
/**
 * File and record that were left out.
 */
path: string
error: FailureV1
}
/**
 * The record of a rollback: which deltas it took out. Written after its commit, for people and audits; the applied set of the version is what binds.
 */
export interface RollbackV1 {
/**
 * Tells what the object is.
 */
format: "rollback.v1"
/**
 * The version that it made.
 */
version: number
/**
 * ULID of its publish.
 */
publishId: string
/**
 * The version that was current before.
 */
from: number
/**
 * The version whose content it brought back.
 */
to: number
/**
 * When it was made.
 */
createdAt: string
/**
 * The deltas that it took out.
 */
reverted: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * The deltas, ascending by part.
 * 
 * @minItems 1
 */
parts: {
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Identity of the delta.
 */
deltaId: string
}[]
/**
 * When the latest of them was applied, in milliseconds since 1970.
 */
appliedAtMs: number
}[]
/**
 * Why, in the words of who did it.
 */
reason?: string
}
/**
 * Lists the parts of a sealed run.
 */
export interface RunManifestV1 {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Name of the collection.
 */
collection: string
source: IngestionSourceV1
/**
 * The source lease's fence when the run began; newer runs of a source have greater ones.
 */
fence: number
/**
 * When the run began.
 */
startedAt: string
/**
 * Every part of the run.
 */
parts: {
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Raw records in the part.
 */
records: number
raw: PointerV1
}[]
}
/**
 * What a crawl left to the next one of its source.
 */
export interface SourceStateV1 {
/**
 * Name of the collection.
 */
collection: string
/**
 * Name of the source.
 */
source: string
/**
 * Identity of the run.
 */
runId: string
/**
 * Opaque: the state of the connector, the documents that are known with their validators, and where a crawl that was cut short goes on.
 */
checkpoint: Record<string, string | number | boolean | string[]>
}
/**
 * A place that is read again and again: which connector reads it, and how. Lies in sources/<collection>/<name>.json; what a run reads is a copy with its window.
 */
export interface SourceV1 {
/**
 * Name of the collection.
 */
collection: string
/**
 * Name of the source.
 */
name: string
/**
 * Connector that reads the source.
 */
connector: string
/**
 * The connector's own settings; secrets by name alone.
 */
settings: Record<string, string | number | boolean | string[]>
/**
 * Hosts that may be asked although their addresses are not public.
 * 
 * @maxItems 32
 * 
 * Items: A host, without a port.
 */
allowedHosts?: string[]
/**
 * When it is read: five fields of cron in UTC, rate(<n> hours), or manual; every day at 06:00 when not given.
 */
schedule?: string
/**
 * True while the source is not to be read.
 */
paused?: boolean
/**
 * What makes this crawl another one than the last: the day, or the version of the source document.
 */
window?: string
}
/**
 * A name for a version of an index; retention keeps what has one.
 */
export interface TagV1 {
/**
 * Tells what the object is.
 */
format: "tag.v1"
/**
 * The name.
 */
name: string
/**
 * The version it names.
 */
version: number
/**
 * Key of its manifest.
 */
manifestKey: string
/**
 * sha256 of its manifest.
 */
manifestSha256: string
/**
 * When the name was given.
 */
createdAt: string
/**
 * Why, in the words of who gave it.
 */
note?: string
}
/**
 * Lists the files of an upload; written last, it starts the run.
 */
export interface UploadManifestV1 {
/**
 * Name of the collection.
 */
collection: string
/**
 * Folder of the upload in the inbox.
 */
uploadId: string
/**
 * Name of the source.
 */
source: string
/**
 * When the upload was made.
 */
createdAt: string
/**
 * The files, in the order in which they are read.
 * 
 * @maxItems 100000
 */
files: {
/**
 * Path below the upload folder; also the identity of the document.
 */
path: string
/**
 * Size of the file.
 */
bytes: number
/**
 * sha256 of the file.
 */
sha256: string
/**
 * Title to use instead of the one found in the text.
 */
title?: string
/**
 * Where a reader finds the document.
 */
url?: string
/**
 * Filterable values by name: string, number, boolean or list of strings.
 */
attributes?: Record<string, string | number | boolean | string[]>
}[]
}
/**
 * The documents of one part were cut into chunks.
 */
export interface ChunksCreatedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Number of chunks.
 */
records: number
/**
 * Number of documents they came from.
 */
documents: number
chunks: PointerV1
/**
 * What cut them: strategy, version and parameters.
 */
chunker?: string
}
}
/**
 * A collection was created, changed, switched to another index or deleted.
 */
export interface CollectionChangedV1 {
metadata: MetadataV1
data: {
/**
 * Name of the collection.
 */
collection: string
/**
 * What happened to it.
 */
change: string
/**
 * When it changed.
 */
changedAt: string
record: PointerV1
active?: IndexV1
}
}
/**
 * Asks for the pending deltas of a collection to be settled now.
 */
export interface CompactionRequestedV1 {
metadata: MetadataV1
data: {
/**
 * Name of the collection.
 */
collection: string
/**
 * Identity of the request; the same one is served once.
 */
requestId: string
}
}
/**
 * The vectors of one part are durable and wait to be settled.
 */
export interface DeltaCreatedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Identity of the delta: a hash of run, part and content.
 */
deltaId: string
index: IndexV1
/**
 * Number of documents in the delta.
 */
documents: number
/**
 * Number of chunks in the delta.
 */
records: number
delta: PointerV1
}
}
/**
 * A delta will never be settled; its part stays unapplied.
 */
export interface DeltaRejectedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Identity of the delta.
 */
deltaId: string
error: FailureV1
}
}
/**
 * Asks for documents to vanish from a collection. A long list travels as several events.
 */
export interface DocumentsDeleteRequestedV1 {
metadata: MetadataV1
data: {
/**
 * Name of the collection.
 */
collection: string
/**
 * Identity of the request; the same one is served once.
 */
requestId: string
/**
 * Index of this event among those of the request, from 0.
 */
slice: number
/**
 * The documents to delete.
 * 
 * @minItems 1
 * @maxItems 8
 * 
 * Items: Identity of the document.
 */
documentIds: string[]
/**
 * When it was asked for.
 */
requestedAt: string
/**
 * Why, in the words of who asked.
 */
reason?: string
}
}
/**
 * One part of a run was turned into canonical documents; records 0 means that nothing in it changed.
 */
export interface DocumentsDerivedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Name of the source.
 */
source: string
/**
 * Number of documents that are new or changed.
 */
records: number
/**
 * Number of documents that are the same as before.
 */
unchanged: number
/**
 * Number of records left out.
 */
rejected: number
derived?: PointerV1
rejects?: PointerV1
}
}
/**
 * One part of a run lies in S3 as untouched records.
 */
export interface DocumentsFetchedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Name of the source.
 */
source: string
/**
 * The source lease's fence when the run began; newer runs of a source have greater ones.
 */
fence: number
/**
 * Number of raw records.
 */
records: number
raw: PointerV1
}
}
/**
 * The vectors of a batch are in the snapshot; nothing of it is left to do.
 */
export interface EmbeddingBatchCompletedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the batch: a hash of run, parts, their chunks and the model.
 */
batchId: string
/**
 * Who computes the vectors.
 */
provider: string
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Parts of the run whose chunks are in the batch.
 * 
 * @minItems 1
 * @maxItems 256
 * 
 * Items: Index of the part in the run, from 0.
 */
parts: number[]
index: IndexV1
/**
 * Number of chunks that have a vector.
 */
records: number
/**
 * Number of chunks that the provider gave none for.
 */
failedRecords: number
/**
 * Number of deltas that the batch became.
 */
deltas: number
/**
 * First version of the snapshot that holds them all.
 */
version: number
/**
 * When the snapshot had them all.
 */
completedAt: string
}
}
/**
 * A batch gave no vectors and is not tried again; its parts are reported as failed.
 */
export interface EmbeddingBatchFailedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the batch: a hash of run, parts, their chunks and the model.
 */
batchId: string
/**
 * Who computes the vectors.
 */
provider: string
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Parts of the run whose chunks are in the batch.
 * 
 * @minItems 1
 * @maxItems 256
 * 
 * Items: Index of the part in the run, from 0.
 */
parts: number[]
error: FailureV1
/**
 * Name that the provider gave the batch.
 */
providerBatchId?: string
/**
 * When it was given up.
 */
failedAt: string
}
}
/**
 * Asks for a look at how far a provider is with a batch.
 */
export interface EmbeddingBatchPollRequestedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the batch: a hash of run, parts, their chunks and the model.
 */
batchId: string
/**
 * Who computes the vectors.
 */
provider: string
/**
 * Name of the collection.
 */
collection: string
/**
 * Name that the provider gave the batch.
 */
providerBatchId: string
/**
 * Number of the look, from 1.
 */
poll: number
}
}
/**
 * A provider took a batch of chunks to embed; its vectors come later.
 */
export interface EmbeddingBatchSubmittedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the batch: a hash of run, parts, their chunks and the model.
 */
batchId: string
/**
 * Who computes the vectors.
 */
provider: string
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Parts of the run whose chunks are in the batch.
 * 
 * @minItems 1
 * @maxItems 256
 * 
 * Items: Index of the part in the run, from 0.
 */
parts: number[]
index: IndexV1
/**
 * Number of chunks in the batch.
 */
records: number
/**
 * Name that the provider gave the batch.
 */
providerBatchId: string
/**
 * When the provider took it.
 */
submittedAt: string
input: PointerV1
}
}
/**
 * Carries a crawl on from a cursor: the first slice of a run, and every slice after it.
 */
export interface IngestionContinuedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Name of the collection.
 */
collection: string
source: IngestionSourceV1
/**
 * The source lease's fence when the run began; newer runs of a source have greater ones.
 */
fence: number
/**
 * When the run began.
 */
startedAt: string
/**
 * Where the crawl goes on.
 */
cursor: {
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Index of the next file in the upload manifest.
 */
file: number
/**
 * Index of the next record in that file.
 */
record: number
}
}
}
/**
 * Starts a run over a source. Safe to send again: the same source window is one run.
 */
export interface IngestionRequestedV1 {
metadata: MetadataV1
data: {
/**
 * Name of the collection.
 */
collection: string
source: IngestionSourceV1
/**
 * Attempt of the run; a replay counts one up.
 */
attempt?: number
}
}
/**
 * A job is done and its result can be read.
 */
export interface JobCompletedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the job; for a run, its runId.
 */
jobId: string
/**
 * What kind of job.
 */
kind: string
/**
 * When it was done.
 */
completedAt: string
/**
 * Name of the collection.
 */
collection?: string
/**
 * The result in one sentence.
 */
resultSummary?: string
result?: PointerV1
}
}
/**
 * A job ended without a result: it failed, was cancelled or stalled.
 */
export interface JobFailedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the job; for a run, its runId.
 */
jobId: string
/**
 * What kind of job.
 */
kind: string
/**
 * How it ended.
 */
state: string
/**
 * When it ended.
 */
failedAt: string
error: FailureV1
/**
 * Name of the collection.
 */
collection?: string
}
}
/**
 * One group was merged; the intermediate object waits for the next level or the publish.
 */
export interface MergeCompletedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the merge: a hash of the index and of what is merged.
 */
mergeId: string
/**
 * Identity of the compaction that the merge is part of.
 */
compactionId: string
/**
 * Name of the collection.
 */
collection: string
index: IndexV1
/**
 * How many merges deep: 1 merges deltas, 2 what level 1 made.
 */
level: number
/**
 * Number of objects that were merged.
 */
inputs: number
/**
 * Documents in the output.
 */
documents: number
/**
 * Chunks in the output.
 */
records: number
output: PointerV1
}
}
/**
 * Asks for one group of deltas, or of earlier merges, to become one intermediate object.
 */
export interface MergeRequestedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the merge: a hash of the index and of what is merged.
 */
mergeId: string
/**
 * Identity of the compaction that the merge is part of.
 */
compactionId: string
/**
 * Name of the collection.
 */
collection: string
index: IndexV1
/**
 * How many merges deep: 1 merges deltas, 2 what level 1 made.
 */
level: number
/**
 * Objects to merge, in the data bucket.
 * 
 * @minItems 1
 * @maxItems 10
 */
inputs: {
/**
 * Key of the object.
 */
key: string
/**
 * sha256 of the stored bytes.
 */
sha256: string
/**
 * Size of the stored bytes.
 */
bytes: number
}[]
}
}
/**
 * An operation was done, or refused, by the service that owns what it changes.
 */
export interface OperationCompletedV1 {
metadata: MetadataV1
data: {
/**
 * ULID of the operation; the same one is done once.
 */
operationId: string
/**
 * Service that owns what the operation changes, and answers.
 */
target: string
/**
 * What to do.
 */
operation: string
/**
 * done, or failed with an error.
 */
outcome: string
/**
 * When it was over.
 */
completedAt: string
/**
 * What was done, in one sentence.
 */
summary?: string
report?: PointerV1
error?: FailureV1
}
}
/**
 * An operator asks the owner of something to change it.
 */
export interface OperationRequestedV1 {
metadata: MetadataV1
data: {
/**
 * ULID of the operation; the same one is done once.
 */
operationId: string
/**
 * Service that owns what the operation changes, and answers.
 */
target: string
/**
 * What to do.
 */
operation: string
args: OperationArgsV1
/**
 * Who asked: the name of the key.
 */
requestedBy: string
/**
 * Why, in the words of who asked.
 */
reason?: string
}
}
/**
 * A stage gave up on one part of a run.
 */
export interface PartFailedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Stage that gave up.
 */
stage: string
error: FailureV1
}
}
/**
 * The search that a job asked for has an answer, or failed.
 */
export interface RetrievalCompletedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the job that asks.
 */
jobId: string
/**
 * Name of the collection.
 */
collection: string
/**
 * done, or failed with an error.
 */
outcome: string
results?: PointerV1
/**
 * Version of the snapshot that was searched.
 */
version?: number
/**
 * Number of results.
 */
matched?: number
error?: FailureV1
}
}
/**
 * Asks for a search over a collection on behalf of a job.
 */
export interface RetrievalRequestedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the job that asks.
 */
jobId: string
/**
 * Name of the collection.
 */
collection: string
/**
 * What to look for.
 */
q: string
/**
 * Number of results.
 */
k?: number
/**
 * How to rank.
 */
mode?: string
/**
 * Only documents of this kind.
 */
entity?: string
/**
 * Only the document with this entityId.
 */
id?: string
/**
 * Only documents modified at or after this time.
 */
since?: string
/**
 * Only documents modified before this time.
 */
until?: string
/**
 * Least score of a result.
 */
threshold?: number
}
}
/**
 * Every part of a run was applied to the snapshot, or is reported as failed.
 */
export interface RunCompletedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Name of the source.
 */
source: string
/**
 * done, or failed when a part was not applied.
 */
outcome: string
/**
 * What the run did.
 */
totals: {
/**
 * Parts in the run.
 */
parts: number
/**
 * Parts that were not applied.
 */
failedParts: number
/**
 * Documents that are new or changed.
 */
documents: number
/**
 * Documents that are the same as before.
 */
unchanged: number
/**
 * Records left out.
 */
rejected: number
/**
 * Chunks made.
 */
chunks: number
}
/**
 * When the run began.
 */
startedAt: string
/**
 * When its last part was settled.
 */
completedAt: string
}
}
/**
 * The crawl is over and the number of parts is known.
 */
export interface RunSealedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Number of parts in the run.
 */
total: number
manifest: PointerV1
}
}
/**
 * A run was registered and its first slice is on its way.
 */
export interface RunStartedV1 {
metadata: MetadataV1
data: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Name of the source.
 */
source: string
/**
 * Connector that reads the source.
 */
connector: string
/**
 * The source lease's fence when the run began; newer runs of a source have greater ones.
 */
fence: number
/**
 * When the run began.
 */
startedAt: string
}
}
/**
 * A new version of an index is what queries see. Parts whose announcement a crash cut off are announced later under the version that holds them. What rollbacks took out is told in full, each time that one is announced.
 */
export interface SnapshotPublishedV1 {
metadata: MetadataV1
data: {
/**
 * Name of the collection.
 */
collection: string
index: IndexV1
/**
 * Version of the snapshot; one more on every publish.
 */
version: number
/**
 * ULID of the publish.
 */
publishId: string
/**
 * Fence of the compactor's lease.
 */
fence: number
/**
 * What the publish did.
 */
kind: string
/**
 * When it was committed.
 */
publishedAt: string
/**
 * What the snapshot holds.
 */
counts: {
/**
 * Documents in the snapshot.
 */
documents: number
/**
 * Chunks in the snapshot.
 */
chunks: number
}
applied: PointerV1
reverted?: PointerV1
}
}
/**
 * Builds an index of a collection beside the active one; what is left out is as in the active one.
 */
export interface CandidateRequestV1 {
chunker?: ChunkerV1
/**
 * Embedding model, as it lies under models/<id>/; that of the installation when not given.
 */
model?: string
}
/**
 * A candidate is being built.
 */
export interface CandidateResponseV1 {
/**
 * Name of the candidate: a collection of its own, to be searched and compared.
 */
candidate: string
/**
 * ULID of the operation.
 */
operationId: string
/**
 * Where to follow it.
 */
statusUrl: string
/**
 * The run that builds it, once the operation is done.
 */
jobId: string
}
/**
 * A question about a collection, alone or in a conversation.
 */
export interface ChatRequestV1 {
/**
 * What is asked.
 */
message: string
/**
 * Name of the collection.
 */
collection: string
/**
 * The conversation that it belongs to; a new one when not given.
 */
sessionId?: string
filters?: ChatFiltersV1
}
/**
 * The question was taken up; with ?wait, and in time, it is answered.
 */
export interface ChatResponseV1 {
/**
 * Identity of the job, a ULID.
 */
jobId: string
/**
 * The conversation.
 */
sessionId: string
/**
 * Where to follow it.
 */
statusUrl: string
job?: JobV1
}
/**
 * A job and where it stands.
 */
export interface JobV1 {
/**
 * Identity of the job; for a run, its runId.
 */
jobId: string
/**
 * What kind of job.
 */
kind: string
/**
 * Where it stands.
 */
state: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Name of the source.
 */
source: string
/**
 * When it began.
 */
createdAt: string
/**
 * When it last moved.
 */
updatedAt: string
/**
 * Number of parts, once the crawl is over.
 */
parts?: number
/**
 * Progress by stage.
 */
steps: {
/**
 * Untouched records stored.
 */
fetched: {
/**
 * Parts done.
 */
done: number
/**
 * Parts failed.
 */
failed: number
}
/**
 * Documents derived.
 */
derived: {
/**
 * Parts done.
 */
done: number
/**
 * Parts failed.
 */
failed: number
}
/**
 * Chunks cut.
 */
chunked: {
/**
 * Parts done.
 */
done: number
/**
 * Parts failed.
 */
failed: number
}
/**
 * Vectors stored: DURABLE.
 */
durable: {
/**
 * Parts done.
 */
done: number
/**
 * Parts failed.
 */
failed: number
}
/**
 * In the snapshot: SEARCHABLE.
 */
applied: {
/**
 * Parts done.
 */
done: number
/**
 * Parts failed.
 */
failed: number
}
}
/**
 * What the job did so far.
 */
totals: {
/**
 * Documents that are new or changed.
 */
documents: number
/**
 * Documents that are the same as before.
 */
unchanged: number
/**
 * Records left out.
 */
rejected: number
/**
 * Chunks made.
 */
chunks: number
}
/**
 * True once every part was applied or reported as failed.
 */
complete: boolean
/**
 * The first records that were left out, and why.
 * 
 * @maxItems 1000
 */
rejects?: {
/**
 * What was left out.
 */
path: string
error: FailureV1
}[]
/**
 * Parts that failed, and why.
 */
failures?: {
/**
 * Index of the part in the run, from 0.
 */
part: number
/**
 * Stage that gave up.
 */
stage: string
error: FailureV1
}[]
error?: FailureV1
/**
 * Of a stalled run: the parts that did not get further.
 * 
 * @maxItems 1000
 */
missing?: {
/**
 * The first stage that the parts did not reach.
 */
stage: string
/**
 * First of the parts.
 */
first: number
/**
 * Last of the parts.
 */
last: number
}[]
/**
 * The beginning of the question; of a chat.
 */
promptPreview?: string
/**
 * The conversation.
 */
sessionId?: string
/**
 * The result in one sentence.
 */
resultSummary?: string
result?: PointerV1
answer?: ChatAnswerV1
/**
 * Files that the job left, to be fetched by links that are good for a while.
 */
artifacts?: {
/**
 * Name of the file.
 */
name: string
/**
 * Link to it.
 */
url: string
/**
 * The link is good until then.
 */
expiresAt: string
}[]
}
/**
 * A collection with the documents of its index and of its candidates.
 */
export interface CollectionDetailV1 {
collection: CollectionV1
index?: CollectionV1
/**
 * Indexes beside the active one.
 */
candidates: CollectionV1[]
}
/**
 * Creates a collection.
 */
export interface CollectionRequestV1 {
/**
 * Name of the collection.
 */
collection: string
chunker?: ChunkerV1
/**
 * Embedding model, as it lies under models/<id>/; that of the installation when not given.
 */
model?: string
/**
 * What garbage collection keeps, where it is not told otherwise.
 */
retention?: {
/**
 * So many versions before the current one.
 */
keepVersions?: number
/**
 * All versions of so many days.
 */
keepDays?: number
/**
 * One version a day for so many days.
 */
keepDaily?: number
}
}
/**
 * Changes settings of a collection; what is left out stays.
 */
export interface CollectionSettingsV1 {
chunker?: ChunkerV1
/**
 * What garbage collection keeps, where it is not told otherwise.
 */
retention?: {
/**
 * So many versions before the current one.
 */
keepVersions?: number
/**
 * All versions of so many days.
 */
keepDays?: number
/**
 * One version a day for so many days.
 */
keepDaily?: number
}
}
/**
 * The collections of this installation.
 */
export interface CollectionsV1 {
/**
 * By name.
 */
collections: CollectionV1[]
}
/**
 * A document as a search sees it, with its passages.
 */
export interface DocumentV1 {
/**
 * Name of the collection.
 */
collection: string
/**
 * The newest revision of the document.
 */
document: {
/**
 * <source>/<entity>#<entityId>.
 */
documentId: string
/**
 * Name of the source.
 */
source: string
/**
 * Kind of the document.
 */
entity: string
/**
 * Identity of the document among its kind.
 */
entityId: string
/**
 * Title of the document.
 */
title: string
/**
 * Where a reader finds the document.
 */
url?: string
/**
 * When the source says it changed; data for filters, never a revision.
 */
modified?: string
/**
 * Filterable values by name: string, number, boolean or list of strings.
 */
attributes: Record<string, string | number | boolean | string[]>
/**
 * Its passages, in order.
 */
chunks: {
/**
 * Identity of the chunk.
 */
id: string
/**
 * Position among the chunks of the document, from 0.
 */
ordinal: number
/**
 * The passage.
 */
text: string
/**
 * Offset of the text in the text of the document.
 */
start: number
/**
 * Offset after it.
 */
end: number
}[]
}
/**
 * The snapshot that was searched; absent while nothing was published.
 */
snapshot?: {
/**
 * Version that was searched.
 */
version: number
/**
 * When it was published.
 */
publishedAt: string
/**
 * Fence of the publish.
 */
fence: number
/**
 * Documents in it.
 */
documents: number
/**
 * Chunks in it.
 */
chunks: number
}
/**
 * What was searched beside the snapshot; absent when it was not asked for.
 */
tail?: {
/**
 * Deltas that wait to be settled and were searched.
 */
deltas: number
/**
 * Chunks in them.
 */
chunks: number
/**
 * Deltas that wait and were not searched: over the limits of a query, or not readable.
 */
omitted: number
}
/**
 * What the answer cost.
 */
read: {
/**
 * Requests to S3.
 */
requests: number
/**
 * Bytes read from S3.
 */
bytes: number
}
}
/**
 * Deletes the documents that pass filters.
 */
export interface DocumentsDeleteRequestV1 {
/**
 * Name of the collection.
 */
collection?: string
/**
 * Only documents that pass all of these, as in a search; at least one.
 */
filters: Record<string, string | number | boolean | string[]>
/**
 * Why, in the words of who asks.
 */
reason?: string
/**
 * Count, and delete nothing.
 */
dryRun?: boolean
}
/**
 * Which documents will be deleted.
 */
export interface DocumentsDeleteResponseV1 {
/**
 * Name of the collection.
 */
collection: string
/**
 * Identity of the request, in the events that it became; absent of a dry run and where nothing matched.
 */
requestId?: string
/**
 * Documents that are deleted, or would be.
 */
matched: number
/**
 * The first of them.
 * 
 * @maxItems 10
 */
documentIds: string[]
/**
 * True when nothing is deleted.
 */
dryRun?: boolean
}
/**
 * Documents of a collection, a page of them.
 */
export interface DocumentsV1 {
/**
 * Name of the collection.
 */
collection: string
/**
 * In an order of their own, which stays.
 */
documents: {
/**
 * <source>/<entity>#<entityId>.
 */
documentId: string
/**
 * Name of the source.
 */
source: string
/**
 * Kind of the document.
 */
entity: string
/**
 * Identity of the document among its kind.
 */
entityId: string
/**
 * Title of the document.
 */
title: string
/**
 * Where a reader finds the document.
 */
url?: string
/**
 * When the source says it changed; data for filters, never a revision.
 */
modified?: string
/**
 * Filterable values by name: string, number, boolean or list of strings.
 */
attributes: Record<string, string | number | boolean | string[]>
/**
 * Passages of the document.
 */
chunks: number
}[]
/**
 * Documents that pass the filters, on all pages.
 */
matched: number
/**
 * Names the page after this one; absent on the last.
 */
cursor?: string
/**
 * The snapshot that was searched; absent while nothing was published.
 */
snapshot?: {
/**
 * Version that was searched.
 */
version: number
/**
 * When it was published.
 */
publishedAt: string
/**
 * Fence of the publish.
 */
fence: number
/**
 * Documents in it.
 */
documents: number
/**
 * Chunks in it.
 */
chunks: number
}
/**
 * What was searched beside the snapshot; absent when it was not asked for.
 */
tail?: {
/**
 * Deltas that wait to be settled and were searched.
 */
deltas: number
/**
 * Chunks in them.
 */
chunks: number
/**
 * Deltas that wait and were not searched: over the limits of a query, or not readable.
 */
omitted: number
}
/**
 * What the answer cost.
 */
read: {
/**
 * Requests to S3.
 */
requests: number
/**
 * Bytes read from S3.
 */
bytes: number
}
}
/**
 * Starts a run over an upload that lies in the inbox.
 */
export interface IngestRequestV1 {
/**
 * Name of the collection.
 */
collection: string
/**
 * The upload.
 */
uploadId: string
}
/**
 * The run was requested.
 */
export interface IngestResponseV1 {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
jobId: string
/**
 * Where to follow it.
 */
statusUrl: string
}
/**
 * The newest jobs.
 */
export interface JobsV1 {
/**
 * Newest first.
 */
jobs: {
/**
 * Identity of the job; for a run, its runId.
 */
jobId: string
/**
 * What kind of job.
 */
kind: string
/**
 * Where it stands.
 */
state: string
/**
 * Attempt of the run; a replay counts one up.
 */
attempt?: number
/**
 * Name of the collection.
 */
collection: string
/**
 * Name of the source.
 */
source?: string
/**
 * When it began.
 */
createdAt: string
/**
 * When it last moved.
 */
updatedAt: string
/**
 * What the job did so far.
 */
totals?: {
/**
 * Documents that are new or changed.
 */
documents: number
/**
 * Documents that are the same as before.
 */
unchanged: number
/**
 * Records left out.
 */
rejected: number
/**
 * Chunks made.
 */
chunks: number
}
/**
 * The beginning of the question; of a chat.
 */
promptPreview?: string
}[]
/**
 * Pass it as ?cursor= for the next page.
 */
cursor?: string
}
/**
 * The operation was requested.
 */
export interface OperationAcceptedV1 {
/**
 * ULID of the operation.
 */
operationId: string
/**
 * Where to follow it.
 */
statusUrl: string
}
/**
 * Asks the owner of something to change it.
 */
export interface OperationRequestV1 {
/**
 * What to do.
 */
operation: string
/**
 * Service that owns what the operation changes, and answers.
 */
target?: string
args: OperationArgsV1
/**
 * Why, in the words of who asked.
 */
reason?: string
}
/**
 * An operation and what became of it.
 */
export interface OperationV1 {
/**
 * ULID of the operation.
 */
operationId: string
/**
 * What to do.
 */
operation: string
/**
 * Service that owns what the operation changes, and answers.
 */
target: string
/**
 * Where it stands.
 */
state: string
args?: OperationArgsV1
/**
 * Who asked: the name of the key.
 */
requestedBy?: string
/**
 * Why, in the words of who asked.
 */
reason?: string
/**
 * When it was asked for.
 */
requestedAt: string
/**
 * When it was over.
 */
completedAt?: string
/**
 * What was done, in one sentence.
 */
summary?: string
report?: PointerV1
error?: FailureV1
}
/**
 * An error answer (RFC 9457).
 */
export interface ProblemV1 {
/**
 * Identifies the kind of problem.
 */
type: string
/**
 * Short summary of the status.
 */
title: string
/**
 * HTTP status.
 */
status: number
/**
 * Stable code.
 */
code: string
/**
 * What went wrong and what to do.
 */
detail: string
/**
 * Request to name when asking for help.
 */
requestId?: string
}
/**
 * Several searches over one version of one collection.
 */
export interface RetrieveBatchRequestV1 {
/**
 * The searches; collection, consistency and asOf are those of the batch.
 * 
 * @minItems 1
 * @maxItems 16
 */
queries: RetrieveRequestV2[]
/**
 * Name of the collection.
 */
collection?: string
/**
 * snapshot: the published snapshot alone; tail: what waits to be settled into it as well, which is the default but of the past; tail-strict: the same, and refused when not all of it can be searched.
 */
consistency?: string
/**
 * Searches a version of the past: its number, a time at which it was current, or a tag. Goes with consistency snapshot alone.
 */
asOf?: string
}
/**
 * A search over one collection, by text, by vector or by both.
 */
export interface RetrieveRequestV2 {
/**
 * What to look for: a text. Not needed with a vector, when words do not count.
 */
q?: string
/**
 * The query as a vector of the model and dimensions of the index; its length carries no meaning.
 * 
 * @minItems 1
 * @maxItems 4096
 */
vector?: number[]
/**
 * Model that the vector is of, or that the index must be of; another one is refused.
 */
model?: string
/**
 * Name of the collection.
 */
collection?: string
/**
 * Number of results.
 */
k?: number
/**
 * How to rank.
 */
mode?: ("hybrid" | "dense" | "lexical")
/**
 * Only documents of this kind.
 */
entity?: string
/**
 * Only the document with this entityId.
 */
id?: string
/**
 * Only documents modified at or after this time.
 */
since?: string
/**
 * Only documents modified before this time.
 */
until?: string
/**
 * Least score of a result.
 */
threshold?: number
/**
 * How much results should differ from each other, 0 to 1; k is at most 100 then.
 */
diversity?: number
/**
 * Only documents that pass all of these: entity and id (a text or a list of them), since, until, and attributes by name: a value to equal, a list to be one of, or bounds gt, gte, lt, lte. Names and values are checked where they are parsed.
 */
filters?: Record<string, string | number | boolean | string[]>
/**
 * Share of the true nearest neighbours that the dense part should find on average; exact finds all. 0.99 unless said otherwise.
 */
recall?: (0.95 | 0.99 | "exact")
/**
 * How hybrid joins its two lists: the sum of stretched scores, or reciprocal ranks.
 */
fusion?: ("min-max" | "rrf")
/**
 * How much each list of a hybrid search counts; 1 each unless said otherwise.
 */
weights?: {
/**
 * Weight of the vectors.
 */
dense: number
/**
 * Weight of the words.
 */
lexical: number
}
/**
 * Mark the words of the query in each result.
 */
highlight?: boolean
/**
 * Tell how the scores came about and how the index was searched.
 */
explain?: boolean
/**
 * snapshot: the published snapshot alone; tail: what waits to be settled into it as well, which is the default but of the past; tail-strict: the same, and refused when not all of it can be searched.
 */
consistency?: string
/**
 * Searches a version of the past: its number, a time at which it was current, or a tag. Goes with consistency snapshot alone.
 */
asOf?: string
/**
 * Names the page of results after the answer that it was in; all else stays as it was asked.
 */
cursor?: string
}
/**
 * The answers of several searches over one version.
 */
export interface RetrieveBatchResponseV1 {
/**
 * In the order of the searches.
 */
answers: RetrieveResponseV1[]
}
/**
 * The results of a search and what they were read from.
 */
export interface RetrieveResponseV1 {
/**
 * The best results first.
 */
results: {
/**
 * Identity of the chunk.
 */
id: string
/**
 * <source>/<entity>#<entityId>.
 */
documentId: string
/**
 * Name of the source.
 */
source: string
/**
 * Kind of the document.
 */
entity: string
/**
 * Identity of the document among its kind.
 */
entityId: string
/**
 * Title of the document.
 */
title: string
/**
 * Where a reader finds the document.
 */
url?: string
/**
 * When the source says it changed; data for filters, never a revision.
 */
modified?: string
/**
 * Filterable values by name: string, number, boolean or list of strings.
 */
attributes: Record<string, string | number | boolean | string[]>
/**
 * The text of the chunk.
 */
snippet: string
/**
 * Offset of the snippet in the text of the document.
 */
start: number
/**
 * Offset after the snippet.
 */
end: number
/**
 * Score by which results are ordered; greater is better.
 */
score: number
/**
 * What the score was made of.
 */
scores: {
/**
 * Cosine similarity.
 */
dense?: number
/**
 * BM25 score.
 */
lexical?: number
}
/**
 * Where the words of the query are; asked for by highlight.
 */
highlights?: {
/**
 * Words of the query in the snippet, ascending.
 */
ranges: {
/**
 * Offset in the snippet, in UTF-16 units.
 */
start: number
/**
 * Offset after it.
 */
end: number
}[]
/**
 * Words of the query in the title, ascending.
 */
title: {
/**
 * Offset in the title, in UTF-16 units.
 */
start: number
/**
 * Offset after it.
 */
end: number
}[]
/**
 * The part of the snippet with the most of them.
 */
fragment: {
/**
 * Offset in the snippet, in UTF-16 units.
 */
start: number
/**
 * Offset after it.
 */
end: number
/**
 * The part.
 */
text: string
}
}
/**
 * How the score came about; asked for by explain.
 */
explanation?: {
/**
 * Object that the result lies in.
 */
segment: string
/**
 * Its vector.
 */
dense?: {
/**
 * Cosine similarity.
 */
score: number
/**
 * Place in the list, from 1; absent of a row that the list did not give.
 */
rank?: number
}
/**
 * Its words.
 */
lexical?: {
/**
 * BM25, the sum of the terms.
 */
score: number
/**
 * Place in the list, from 1; absent of a row that the list did not give.
 */
rank?: number
/**
 * The terms of the query that it has.
 */
terms: {
/**
 * The stemmed word.
 */
term: string
/**
 * Inverse document frequency times repetitions in the query.
 */
weight: number
/**
 * How often the chunk has it.
 */
frequency: number
/**
 * Terms of the chunk.
 */
length: number
/**
 * What it adds.
 */
score: number
}[]
}
/**
 * score = dense.weight * dense.share + lexical.weight * lexical.share.
 */
fused?: {
/**
 * How the lists were joined.
 */
fusion: string
/**
 * What the vector adds.
 */
dense: {
/**
 * Weight of the list.
 */
weight: number
/**
 * min-max: place of the score between floor and top of the list. rrf: 1 / (60 + rank).
 */
share: number
/**
 * Place in the list, from 1; absent of a row that the list did not give.
 */
rank?: number
}
/**
 * What the words adds.
 */
lexical: {
/**
 * Weight of the list.
 */
weight: number
/**
 * min-max: place of the score between floor and top of the list. rrf: 1 / (60 + rank).
 */
share: number
/**
 * Place in the list, from 1; absent of a row that the list did not give.
 */
rank?: number
}
}
}
}[]
/**
 * Name of the collection.
 */
collection: string
/**
 * How they were ranked.
 */
mode: string
/**
 * Model that embedded the query.
 */
model?: {
/**
 * Model of the vectors.
 */
id: string
/**
 * Dimensions of the vectors.
 */
dims: number
}
/**
 * The snapshot that was searched; absent while nothing was published.
 */
snapshot?: {
/**
 * Version that was searched.
 */
version: number
/**
 * When it was published.
 */
publishedAt: string
/**
 * Fence of the publish.
 */
fence: number
/**
 * Documents in it.
 */
documents: number
/**
 * Chunks in it.
 */
chunks: number
}
/**
 * Chunks that passed the filters.
 */
matched: number
/**
 * What the answer cost.
 */
read: {
/**
 * Requests to S3.
 */
requests: number
/**
 * Bytes read from S3.
 */
bytes: number
}
/**
 * Milliseconds by step.
 */
timings: {
/**
 * Embedding the query.
 */
embedMs: number
/**
 * Reading the head and what was not resident.
 */
openMs: number
/**
 * Scoring and fetching the texts.
 */
searchMs: number
/**
 * All of it.
 */
totalMs: number
/**
 * Evaluating the filters; part of searchMs, as those below.
 */
filterMs?: number
/**
 * Searching vectors; side by side with lexicalMs.
 */
denseMs?: number
/**
 * Searching words.
 */
lexicalMs?: number
/**
 * Joining the two lists.
 */
fuseMs?: number
/**
 * Reading the texts of the results.
 */
fetchMs?: number
/**
 * Reading the head of the index and what it names; part of openMs.
 */
headMs?: number
/**
 * Looking at codes, or at all rows where these are compared directly; part of denseMs.
 */
scanMs?: number
/**
 * Comparing the rows that codes or clusters chose; part of denseMs.
 */
rescoreMs?: number
/**
 * Waiting for S3 within searchMs; several requests at once count once.
 */
readMs?: number
}
/**
 * What the scores of all results have in common; asked for by explain.
 */
explanation?: {
/**
 * The list of vectors.
 */
dense?: {
/**
 * Least score of any row that was looked at.
 */
floor: number
/**
 * Best score.
 */
top: number
/**
 * Rows that the list gave.
 */
rows: number
}
/**
 * The list of words.
 */
lexical?: {
/**
 * Least score of any row that was looked at.
 */
floor: number
/**
 * Best score.
 */
top: number
/**
 * Rows that the list gave.
 */
rows: number
/**
 * Terms of the average chunk.
 */
averageLength: number
/**
 * The terms of the query that occur.
 */
terms: {
/**
 * The stemmed word.
 */
term: string
/**
 * Inverse document frequency times repetitions in the query.
 */
weight: number
/**
 * Chunks that have it.
 */
rows: number
}[]
}
}
/**
 * How the vectors were searched; asked for by explain.
 */
plan?: {
/**
 * What was asked: 0.95, 0.99 or exact.
 */
recall: string
/**
 * One for each object of the index.
 */
segments: {
/**
 * The object.
 */
key: string
/**
 * Chunks in it.
 */
rows: number
/**
 * Of these, passed by the filters.
 */
matched: number
/**
 * exact: all rows; rows: the matching rows one by one; codes: 1-bit codes, then the best rows; probe: the nearest clusters; skip: not at all.
 */
way: string
/**
 * Why so.
 */
why: string
}[]
/**
 * Chunks compared component by component.
 */
rowsScored: number
/**
 * Chunks estimated by their codes.
 */
rowsEstimated: number
/**
 * Clusters read.
 */
clustersProbed: number
}
/**
 * What was searched.
 */
consistency?: string
/**
 * What was searched beside the snapshot; absent when it was not asked for.
 */
tail?: {
/**
 * Deltas that wait to be settled and were searched.
 */
deltas: number
/**
 * Chunks in them.
 */
chunks: number
/**
 * Deltas that wait and were not searched: over the limits of a query, or not readable.
 */
omitted: number
}
/**
 * Names the page after this one, of the same version; absent where there is none.
 */
cursor?: string
}
/**
 * A conversation: what was asked and answered.
 */
export interface SessionV1 {
/**
 * The conversation.
 */
sessionId: string
/**
 * Name of the collection.
 */
collection: string
/**
 * Oldest first; the last twenty.
 */
turns: {
/**
 * Identity of the job, a ULID.
 */
jobId: string
/**
 * What was asked.
 */
question: string
/**
 * What was answered.
 */
answer: string
/**
 * Documents that the answer names.
 * 
 * Items: Identity of the document.
 */
documents?: string[]
/**
 * When.
 */
askedAt: string
}[]
/**
 * When it began.
 */
createdAt: string
/**
 * When it last moved.
 */
updatedAt: string
/**
 * When it is forgotten.
 */
expiresAt: string
}
/**
 * Makes a source, or replaces it; collection and name are in the path.
 */
export interface SourceRequestV1 {
/**
 * Connector that reads the source.
 */
connector: string
/**
 * The connector's own settings; secrets by name alone.
 */
settings: Record<string, string | number | boolean | string[]>
/**
 * When it is read: five fields of cron in UTC, rate(<n> hours), or manual; every day at 06:00 when not given.
 */
schedule?: string
/**
 * Hosts that may be asked although their addresses are not public.
 * 
 * @maxItems 32
 * 
 * Items: A host, without a port.
 */
allowedHosts?: string[]
/**
 * True while the source is not to be read.
 */
paused?: boolean
}
/**
 * A crawl was started.
 */
export interface SourceRunV1 {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
jobId: string
/**
 * Where to follow it.
 */
statusUrl: string
}
/**
 * A source and how it stands.
 */
export interface SourceStatusV1 {
/**
 * Name of the collection.
 */
collection: string
/**
 * Name of the source.
 */
name: string
/**
 * Connector that reads the source.
 */
connector?: string
/**
 * The connector's own settings; secrets by name alone.
 */
settings?: Record<string, string | number | boolean | string[]>
/**
 * When it is read: five fields of cron in UTC, rate(<n> hours), or manual; every day at 06:00 when not given.
 */
schedule?: string
/**
 * Hosts that may be asked although their addresses are not public.
 * 
 * @maxItems 32
 * 
 * Items: A host, without a port.
 */
allowedHosts?: string[]
/**
 * True while no crawl begins, whether its document says so or an operation.
 */
paused: boolean
/**
 * Who paused it, and why; not there when it is not paused by an operation.
 */
pause?: {
/**
 * Since when.
 */
at: string
/**
 * Who asked: the name of the key.
 */
by: string
/**
 * Why, in the words of who asked.
 */
reason?: string
}
/**
 * When its document was put.
 */
changedAt: string
/**
 * When it is read next; not there when nothing is planned.
 */
nextRunAt?: string
/**
 * The crawl that was started last.
 */
lastRun?: {
/**
 * Identity of the run: a hash of source, window and configuration.
 */
runId: string
/**
 * When it was started.
 */
startedAt: string
/**
 * What makes this crawl another one than the last: the day, or the version of the source document.
 */
window?: string
}
error?: FailureV1
}
/**
 * The sources of this installation.
 */
export interface SourcesV1 {
/**
 * By collection and name.
 */
sources: SourceStatusV1[]
}
/**
 * Lets a candidate answer for its collection.
 */
export interface SwitchRequestV1 {
/**
 * Name of the candidate.
 */
index: string
}
/**
 * Asks for a place to put files.
 */
export interface UploadRequestV1 {
/**
 * Name of the collection.
 */
collection: string
}
/**
 * Where files may be put, each by one form POST: the fields, then `key` below the prefix, then `file`. The manifest comes last and starts the run.
 */
export interface UploadResponseV1 {
/**
 * The upload.
 */
uploadId: string
/**
 * Name of the collection.
 */
collection: string
/**
 * Keys of the files begin with it.
 */
prefix: string
/**
 * Key of the manifest, upload-manifest.v1.
 */
manifestKey: string
/**
 * Where to send the forms.
 */
url: string
/**
 * Fields that every form has, by name.
 */
fields: Record<string, string | number | boolean | string[]>
/**
 * Largest file in bytes.
 */
maxBytes: number
/**
 * No file is taken after it.
 */
expiresAt: string
}
