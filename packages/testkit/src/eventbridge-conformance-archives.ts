import {
  CancelReplayCommand,
  CreateArchiveCommand,
  DeleteArchiveCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  ListArchivesCommand,
  ListReplaysCommand,
  StartReplayCommand,
  UpdateArchiveCommand,
} from '@aws-sdk/client-eventbridge';
import { expect, it } from '@jest/globals';
import { eventually } from './sqs-conformance-scenario.ts';
import type { EventBridgeScenario } from './eventbridge-conformance-scenario.ts';

/** Archives and replays. Archives on AWS fill within minutes; these tests expect what is archived at once. */
export const archiveTests = (scenario: EventBridgeScenario): void => {
  const { events, unique, put, createBus, createQueue, createRule, takeEvents } = scenario;
  const hour = 3_600_000;

  const createArchive = async (EventPattern?: string) => {
    const bus = await createBus();
    const ArchiveName = unique().slice(0, 48);
    const { ArchiveArn } = await events().send(
      new CreateArchiveCommand({
        ArchiveName,
        EventSourceArn: bus.arn,
        ...(EventPattern === undefined ? {} : { EventPattern }),
      }),
    );
    return { bus, ArchiveName, ArchiveArn: ArchiveArn! };
  };

  it('keeps the events of a bus that fit its pattern', async () => {
    const { bus, ArchiveName } = await createArchive(JSON.stringify({ detail: { keep: [true] } }));
    await put({ EventBusName: bus.name, Detail: '{"keep":true}' });
    await put({ EventBusName: bus.name, Detail: '{"keep":false}' });
    await eventually(
      async () => (await events().send(new DescribeArchiveCommand({ ArchiveName }))).EventCount === 1,
    );
  });

  it('updates, lists and deletes an archive', async () => {
    const { bus, ArchiveName, ArchiveArn } = await createArchive();
    await events().send(new UpdateArchiveCommand({ ArchiveName, Description: 'new', RetentionDays: 3 }));
    expect(await events().send(new DescribeArchiveCommand({ ArchiveName }))).toMatchObject({
      ArchiveArn,
      Description: 'new',
      RetentionDays: 3,
      EventSourceArn: bus.arn,
      State: 'ENABLED',
    });
    const listed = await events().send(new ListArchivesCommand({ EventSourceArn: bus.arn }));
    expect(listed.Archives?.map((archive) => archive.ArchiveName)).toEqual([ArchiveName]);
    await events().send(new DeleteArchiveCommand({ ArchiveName }));
    await expect(events().send(new DescribeArchiveCommand({ ArchiveName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('replays the events of a span of time, to the rules that are named', async () => {
    const { bus, ArchiveArn } = await createArchive();
    const [named, other] = [await createQueue(), await createQueue()];
    const EventPattern = JSON.stringify({ detail: { n: [{ exists: true }] } });
    const place = { EventBusName: bus.name, EventPattern };
    const Time = new Date('2026-01-31T10:00:00Z');
    await put({ EventBusName: bus.name, Time, Detail: '{"n":1}' });
    await put({ EventBusName: bus.name, Time: new Date(Time.getTime() + 3 * hour), Detail: '{"n":2}' });
    const ruleArn = await createRule({ Name: unique(), ...place }, { Id: 'q', Arn: named.arn });
    await createRule({ Name: unique(), ...place }, { Id: 'q', Arn: other.arn });
    const ReplayName = unique();
    const started = await events().send(
      new StartReplayCommand({
        ReplayName,
        EventSourceArn: ArchiveArn,
        EventStartTime: Time,
        EventEndTime: new Date(Time.getTime() + hour),
        Destination: { Arn: bus.arn, FilterArns: [ruleArn] },
      }),
    );
    expect(started.State).toBe('STARTING');
    await eventually(
      async () => (await events().send(new DescribeReplayCommand({ ReplayName }))).State === 'COMPLETED',
    );
    expect(await takeEvents(named, 1)).toMatchObject([
      { detail: { n: 1 }, time: '2026-01-31T10:00:00Z', 'replay-name': ReplayName },
    ]);
    expect(await takeEvents(other, 0)).toEqual([]);
    const { Replays } = await events().send(new ListReplaysCommand({ NamePrefix: ReplayName }));
    expect(Replays).toMatchObject([{ ReplayName, State: 'COMPLETED' }]);
    await expect(events().send(new CancelReplayCommand({ ReplayName }))).rejects.toMatchObject({
      name: 'IllegalStatusException',
    });
  });

  it('refuses a replay of an absent archive', async () => {
    const { bus, ArchiveArn } = await createArchive();
    const start = events().send(
      new StartReplayCommand({
        ReplayName: unique(),
        EventSourceArn: `${ArchiveArn.slice(0, -4)}none`,
        EventStartTime: new Date(0),
        EventEndTime: new Date(1000),
        Destination: { Arn: bus.arn },
      }),
    );
    await expect(start).rejects.toThrow(/archive/i);
  });
};
