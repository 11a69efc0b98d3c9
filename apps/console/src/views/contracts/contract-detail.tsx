import { call } from '../../api/call.ts';
import { useLoad } from '../../api/use-load.ts';
import { Badge } from '../../parts/badge.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import type { ServiceContract } from './graph.ts';

/** A schema as the list has it. */
export interface SchemaInfo {
  name: string;
  kind: string;
  planned: boolean;
  title?: string;
  description?: string;
}

interface DetailProps {
  info: SchemaInfo | undefined;
  name: string;
  services: readonly ServiceContract[];
}

const Parties = ({ name, services }: Omit<DetailProps, 'info'>) => {
  const names = (side: 'emits' | 'consumes'): string =>
    services
      .filter((service) => service[side].includes(name))
      .map((service) => service.name)
      .join(', ') || 'nobody of ours';
  return (
    <p class="small">
      from {names('emits')}, to {names('consumes')}
    </p>
  );
};

const EventPart = ({ name, services }: Omit<DetailProps, 'info'>) => {
  const command = `npx alluvium events emit ${name} --data event.json --dry-run`;
  return (
    <>
      <Parties {...{ name, services }} />
      <span class="command">
        <code>{command}</code>
        <CopyButton text={command} />
      </span>
    </>
  );
};

const Files = ({ name }: { name: string }) => {
  const path = `/_local/contracts/${name}`;
  const { value, problem } = useLoad(() => call<{ schema: unknown; example: unknown }>(path), path);
  return (
    <>
      <ProblemBox problem={problem} />
      <div class="halves">
        {value?.example != null && <JsonView label="Example" value={value.example} />}
        {value?.schema != null && <JsonView label="Schema" value={value.schema} />}
      </div>
    </>
  );
};

/** The schema of one event or object, with an example. */
export const ContractDetail = ({ info, name, services }: DetailProps) => (
  <>
    {info?.planned === true && <Badge tone="warn">planned</Badge>}
    <p>{info?.description ?? 'There is no such schema.'}</p>
    {info?.kind === 'event' && <EventPart {...{ name, services }} />}
    <Files name={name} />
  </>
);
