import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  assertProduced,
  chatResponseV1,
  jobCompletedV1,
  jobFailedV1,
  jobsV1,
  retrievalRequestedV1,
} from '@alluvium/contracts';
import { testContext } from '@alluvium/testkit';
import { makeHandler as makeSweep } from '../src/handlers/on-sweep.ts';
import { makeChatWorld, QUESTION, TEXTS } from './support/chat.ts';

type ChatWorld = Awaited<ReturnType<typeof makeChatWorld>>;

let world: ChatWorld['world'];
let { call, ask, asked, status, session, retrieved, deliver }: ChatWorld = {} as ChatWorld;

beforeEach(async () => {
  ({ world, call, ask, asked, status, session, retrieved, deliver } = await makeChatWorld());
});

describe('POST /chat', () => {
  it('asks for a search and keeps the chat until it is answered; nobody waits for it', async () => {
    const { status: code, body } = await ask({ message: 'How did deltas settle in 2024?' });
    expect(code).toBe(202);
    const { jobId, statusUrl } = assertProduced(chatResponseV1, body);
    expect(statusUrl).toBe(`/status/${jobId}`);
    expect(world.bus.dataOf(retrievalRequestedV1)).toEqual([
      {
        ...{ jobId, collection: 'docs', q: 'How did deltas settle?', k: 8 },
        ...{ since: '2024-01-01T00:00:00.000Z', until: '2025-01-01T00:00:00.000Z' },
      },
    ]);
    expect(await status(jobId)).toMatchObject({ kind: 'chat', state: 'running', source: 'chat' });
  });

  it('keeps to the filters that it is given', async () => {
    await ask({ ...QUESTION, filters: { entity: 'page' } });
    expect(world.bus.dataOf(retrievalRequestedV1)).toMatchObject([{ entity: 'page' }]);
  });

  it('is one chat when it is repeated with its key', async () => {
    const headers = { 'idempotency-key': 'k' };
    const first = await ask(QUESTION, { headers });
    expect(await ask(QUESTION, { headers })).toEqual(first);
    expect(world.bus.dataOf(retrievalRequestedV1)).toHaveLength(1);
  });

  it.each<[object, number, string]>([
    [{ message: '' }, 400, 'REQUEST_INVALID'],
    [{ message: 'x'.repeat(4001) }, 400, 'REQUEST_INVALID'],
    [{ ...QUESTION, tools: [] }, 400, 'REQUEST_INVALID'],
    [{ ...QUESTION, collection: 'nope' }, 404, 'COLLECTION_NOT_FOUND'],
  ])('refuses %j', async (body, code, problem) => {
    expect(await ask(body)).toMatchObject({ status: code, body: { code: problem } });
    expect(world.bus.dataOf(retrievalRequestedV1)).toEqual([]);
  });

  it('waits as long as it is told, and answers with the job when it is done', async () => {
    const waited: number[] = [];
    world.deps.pause = async (ms) => {
      waited.push(ms);
      const [search] = world.bus.dataOf(retrievalRequestedV1);
      if (waited.length === 3) await retrieved(search!.jobId, TEXTS);
    };
    const { status: code, body } = await ask(QUESTION, { query: 'wait=20' });
    expect(code).toBe(200);
    expect(assertProduced(chatResponseV1, body).job).toMatchObject({
      state: 'done',
      answer: { route: 'retrieve' },
    });
    expect(waited).toHaveLength(3);
  });

  it('answers with 202 when the wait is over first', async () => {
    const answer = await ask(QUESTION, { query: 'wait=1' });
    expect(answer.status).toBe(202);
    expect(await ask(QUESTION, { query: 'wait=26' })).toMatchObject({ body: { code: 'WAIT_INVALID' } });
  });

  it('asks back where there is nothing to search for', async () => {
    const { jobId } = await asked({ message: '??' });
    expect(await status(jobId)).toMatchObject({
      state: 'done',
      answer: { route: 'ask-back', citations: [] },
    });
    expect(world.bus.dataOf(retrievalRequestedV1)).toEqual([]);
  });
});

describe('a chat whose search is answered', () => {
  it('quotes with citations where no model is configured, and says so', async () => {
    const { jobId, sessionId } = await asked(QUESTION);
    await retrieved(jobId, TEXTS);
    const job = await status(jobId);
    expect(job).toMatchObject({ state: 'done', complete: true, resultSummary: 'Answered with 1 citation.' });
    expect(job.answer).toMatchObject({
      answer: 'Deltas settle into snapshots every night. [1]',
      citations: [{ number: 1, documentId: 'files/document#0.md', quote: TEXTS[0] }],
      provider: { name: 'extractive' },
      notice: expect.stringContaining('only quotes'),
      search: { q: QUESTION.message, version: 7, passages: 2 },
      sessionId,
    });
    expect(job.artifacts).toEqual([
      {
        name: 'answer.json',
        url: `https://s3.test/jobs/${jobId}/answer.json?expires=900`,
        expiresAt: '2026-03-01T12:15:00.000Z',
      },
    ]);
    expect(world.bus.dataOf(jobCompletedV1)).toMatchObject([{ jobId, kind: 'chat', collection: 'docs' }]);
    const { jobs } = assertProduced(jobsV1, (await call({ path: '/jobs' })).body);
    expect(jobs).toMatchObject([{ jobId, kind: 'chat', promptPreview: QUESTION.message }]);
  });

  it('is answered once, however often the search is', async () => {
    const { jobId, sessionId } = await asked(QUESTION);
    await retrieved(jobId, TEXTS);
    const first = await status(jobId);
    await retrieved(jobId, TEXTS);
    expect(await status(jobId)).toEqual(first);
    expect(world.bus.dataOf(jobCompletedV1)).toHaveLength(1);
    expect((await session(sessionId)).turns).toHaveLength(1);
  });

  it('says that nothing was found', async () => {
    const { jobId } = await asked(QUESTION);
    await retrieved(jobId, []);
    expect((await status(jobId)).answer).toMatchObject({
      answer: 'Nothing that was found answers this.',
      citations: [],
    });
  });

  it('fails when the search does', async () => {
    const { jobId } = await asked(QUESTION);
    const error = { code: 'MODEL_MISSING', message: 'no model' };
    await deliver({ jobId, collection: 'docs', outcome: 'failed', error });
    expect(await status(jobId)).toMatchObject({ state: 'failed', error });
    expect(world.bus.dataOf(jobFailedV1)).toMatchObject([{ jobId, kind: 'chat', state: 'failed', error }]);
  });

  it('of a job that nobody knows is let pass', async () => {
    await deliver({ jobId: 'unknown', collection: 'docs', outcome: 'failed' });
    expect(world.runtime.deadLetterList).toEqual([]);
  });
});

describe('a chat whose search is never answered', () => {
  it('ends as stalled', async () => {
    const { jobId } = await asked(QUESTION);
    world.runtime.advance(2 * 3_600_000);
    await makeSweep(world.deps)({}, testContext());
    expect(await status(jobId)).toMatchObject({ state: 'stalled', error: { code: 'CHAT_STALLED' } });
    await retrieved(jobId, TEXTS);
    expect((await status(jobId)).state).toBe('stalled');
  });
});

describe('a conversation', () => {
  const talk = async () => {
    const { jobId, sessionId } = await asked(QUESTION);
    await retrieved(jobId, TEXTS);
    return sessionId;
  };

  it('is remembered, and completes what points back to it', async () => {
    const sessionId = await talk();
    expect((await session(sessionId)).turns).toMatchObject([
      { question: QUESTION.message, documents: ['files/document#0.md'] },
    ]);
    await asked({ message: 'And when?', sessionId });
    expect(world.bus.dataOf(retrievalRequestedV1).at(-1)?.q).toBe('How do deltas settle? And when?');
  });

  it('answers from memory what is asked about itself', async () => {
    const sessionId = await talk();
    const { jobId } = await asked({ message: 'What did I just ask?', sessionId });
    const { answer } = await status(jobId);
    expect(answer).toMatchObject({ route: 'memory', answer: expect.stringContaining(QUESTION.message) });
    expect((await session(sessionId)).turns).toHaveLength(2);
  });

  it('is about one collection', async () => {
    const sessionId = await talk();
    await call({ method: 'POST', path: '/collections', body: { collection: 'other' } });
    expect(await ask({ ...QUESTION, sessionId, collection: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'SESSION_MISMATCH' },
    });
  });

  it('is forgotten when it is deleted, and after a week', async () => {
    const [deleted, expired] = [await talk(), await talk()];
    const path = `/sessions/${deleted}`;
    expect((await call({ method: 'DELETE', path })).status).toBe(204);
    world.runtime.advance(8 * 24 * 3_600_000);
    for (const sessionId of [deleted, expired])
      expect(await call({ path: `/sessions/${sessionId}` })).toMatchObject({
        status: 404,
        body: { code: 'SESSION_NOT_FOUND' },
      });
  });
});
