import { exportsOf, refusalOf, type Account, type SentTemplate } from './refusals.ts';
import { ACCOUNT_ID } from '../resolve.ts';
import { REGION } from '../package-stacks.ts';

/** An answer in XML, or an error with CloudFormation's code. */
export type Answer = { body: string } | { code: string; message: string };

interface Stack {
  template: SentTemplate;
  status: string;
}

const EMPTY: SentTemplate = { Resources: {} };
const stackId = (name: string): string => `arn:aws:cloudformation:${REGION}:${ACCOUNT_ID}:stack/${name}/1`;

/** What `sls deploy` asks of CloudFormation and STS. Nothing is made: what would be refused is refused, what would be made is remembered. */
export class FakeCloudFormation {
  readonly stacks = new Map<string, Stack>();
  readonly #changeSets = new Map<string, SentTemplate>();
  readonly #account: Omit<Account, 'stacks'>;
  readonly #actions: Record<string, (name: string, query: URLSearchParams) => Answer> = {
    GetCallerIdentity: () => ({
      body: `<Account>${ACCOUNT_ID}</Account><Arn>arn:aws:iam::${ACCOUNT_ID}:user/rehearsal</Arn><UserId>U</UserId>`,
    }),
    ValidateTemplate: () => ({ body: '<Parameters/>' }),
    CreateStack: (name, query) => this.#write(name, this.#templateOf(query)),
    UpdateStack: (name, query) => this.#write(name, this.#templateOf(query)),
    CreateChangeSet: (name, query) => {
      const template = this.#templateOf(query);
      this.#changeSets.set(name, template);
      const refusal = this.#refusal(name, template);
      if (refusal !== undefined) return { code: 'ValidationError', message: refusal };
      return { body: `<Id>${stackId(name)}/changeSet</Id><StackId>${stackId(name)}</StackId>` };
    },
    ExecuteChangeSet: (name) => this.#write(name, this.#changeSets.get(name) ?? EMPTY),
    DeleteChangeSet: () => ({ body: '' }),
    ListExports: () => ({ body: `<Exports>${this.#exports()}</Exports>` }),
    ListStackResources: () => ({ body: '<StackResourceSummaries/>' }),
    GetTemplate: () => ({ body: '<TemplateBody>{}</TemplateBody>' }),
    DescribeChangeSet: (name) => ({
      body: `<StackId>${stackId(name)}</StackId><StackName>${name}</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>`,
    }),
    DescribeStackEvents: (name) => this.#ofStack(name, ({ status }) => this.#events(name, status)),
    DescribeStackResource: (name, query) =>
      this.#ofStack(
        name,
        () =>
          `<StackResourceDetail><LogicalResourceId>${query.get('LogicalResourceId') ?? ''}</LogicalResourceId>` +
          `<PhysicalResourceId>${name}-packages</PhysicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType>` +
          '<ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></StackResourceDetail>',
      ),
    DescribeStacks: (name) => this.#ofStack(name, ({ status }) => this.#description(name, status)),
  };

  constructor(account: Omit<Account, 'stacks'>, before: Readonly<Record<string, SentTemplate>> = {}) {
    this.#account = account;
    for (const [name, template] of Object.entries(before))
      this.stacks.set(name, { template, status: 'CREATE_COMPLETE' });
  }

  handle(query: URLSearchParams): Answer {
    const action = query.get('Action') ?? '';
    const name = (query.get('StackName') ?? '').replace(/^arn:.*stack\/([^/]+)\/.*/, '$1');
    const act = this.#actions[action];
    return act ? act(name, query) : { code: 'InvalidAction', message: `${action} is not rehearsed` };
  }

  #exports(): string {
    return [...this.stacks]
      .flatMap(([, { template }]) => exportsOf(template))
      .map((name) => `<member><Name>${name}</Name><Value>${name.toLowerCase()}</Value></member>`)
      .join('');
  }

  #templateOf(query: URLSearchParams): SentTemplate {
    const url = query.get('TemplateURL');
    const uploaded = url === null ? undefined : this.#account.uploaded(new URL(url).pathname);
    return JSON.parse(
      query.get('TemplateBody') ?? uploaded?.toString('utf8') ?? '{"Resources":{}}',
    ) as SentTemplate;
  }

  #refusal(name: string, template: SentTemplate): string | undefined {
    const stacks = new Map([...this.stacks].map(([stack, sent]) => [stack, sent.template]));
    return refusalOf(name, template, { ...this.#account, stacks });
  }

  #write(name: string, template: SentTemplate): Answer {
    const refusal = this.#refusal(name, template);
    if (refusal !== undefined) return { code: 'ValidationError', message: refusal };
    const status = this.stacks.has(name) ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE';
    this.stacks.set(name, { template, status });
    return { body: `<StackId>${stackId(name)}</StackId>` };
  }

  #ofStack(name: string, describe: (stack: Stack) => string): Answer {
    const stack = this.stacks.get(name);
    if (!stack) return { code: 'ValidationError', message: `Stack with id ${name} does not exist` };
    return { body: describe(stack) };
  }

  // Dated ahead: events from before a deploy began are not looked at.
  #events(name: string, status: string): string {
    return (
      `<StackEvents><member><StackId>${stackId(name)}</StackId><EventId>${crypto.randomUUID()}</EventId><StackName>${name}</StackName>` +
      `<LogicalResourceId>${name}</LogicalResourceId><PhysicalResourceId>${stackId(name)}</PhysicalResourceId>` +
      `<ResourceType>AWS::CloudFormation::Stack</ResourceType><Timestamp>${new Date(Date.now() + 1000).toISOString()}</Timestamp>` +
      `<ResourceStatus>${status}</ResourceStatus></member></StackEvents>`
    );
  }

  #description(name: string, status: string): string {
    return (
      `<Stacks><member><StackName>${name}</StackName><StackId>${stackId(name)}</StackId><StackStatus>${status}</StackStatus>` +
      '<CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs/></member></Stacks>'
    );
  }
}
