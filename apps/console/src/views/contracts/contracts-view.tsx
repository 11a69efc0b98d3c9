import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useLoad } from '../../api/use-load.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import { navigate, path } from '../../router.ts';
import { ContractDetail, type SchemaInfo } from './contract-detail.tsx';
import { graphOf, type ServiceContract } from './graph.ts';
import { GraphSvg } from './graph-svg.tsx';

interface Contracts {
  services: ServiceContract[];
  schemas: SchemaInfo[];
}

const Others = ({ schemas }: { schemas: readonly SchemaInfo[] }) => (
  <section class="card" aria-label="Objects and HTTP bodies">
    <h2>Objects and HTTP bodies</h2>
    <ul class="name-list">
      {schemas.map(({ name, title }) => (
        <li key={name}>
          <a class="mono small" href={`/contracts/${name}`} title={title}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  </section>
);

const Contracts = ({ services, schemas }: Contracts) => {
  const [, chosen] = path.value;
  const graph = useMemo(() => graphOf(services), [services]);
  return (
    <>
      <div class="card scroll" tabIndex={0} role="region" aria-label="Who tells whom">
        <GraphSvg {...{ graph, chosen }} />
        <p class="small muted">
          A square says it, a ring hears it. Choose one for its schema and an example.
        </p>
      </div>
      <Others schemas={schemas.filter(({ kind }) => kind !== 'event')} />
      {chosen !== undefined && (
        <Dialog
          key={chosen}
          title={<code>{chosen}</code>}
          label={chosen}
          onClose={() => navigate('/contracts')}
        >
          <ContractDetail
            name={chosen}
            info={schemas.find(({ name }) => name === chosen)}
            services={services}
          />
        </Dialog>
      )}
    </>
  );
};

/** Everything that services say to each other, and in which form. */
export const ContractsView = () => {
  const { value, problem } = useLoad(() => call<Contracts>('/_local/contracts'), 'contracts');
  return (
    <Page title="Contracts" lead="Every event has a schema; a wrong one cannot pass.">
      <ProblemBox problem={problem} />
      {value !== undefined && <Contracts {...value} />}
    </Page>
  );
};
