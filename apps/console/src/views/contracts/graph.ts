/** What a service listens to and says. */
export interface ServiceContract {
  name: string;
  consumes: string[];
  emits: string[];
}

/** An event and who has to do with it. */
export interface EventRow {
  name: string;
  /** Columns of services, ascending. */
  from: number[];
  to: number[];
}

/** Services as columns in the order of the flow, events as rows. */
export interface ContractGraph {
  services: ServiceContract[];
  rows: EventRow[];
}

const rowsOf = (services: readonly ServiceContract[]): EventRow[] => {
  const names = new Set(services.flatMap(({ consumes, emits }) => [...emits, ...consumes]));
  const columns = (name: string, side: 'emits' | 'consumes'): number[] =>
    services.flatMap((service, index) => (service[side].includes(name) ? [index] : []));
  return [...names].map((name) => ({ name, from: columns(name, 'emits'), to: columns(name, 'consumes') }));
};

/** Whoever says this begins the flow. */
const FIRST = 'run.started.v1';

/** What tells of failure goes back against the flow. */
const BACKWARD = /\b(failed|rejected|delete-requested)\b/;

const hears = (listener: ServiceContract, speaker: ServiceContract): boolean =>
  speaker.emits.some((name) => !BACKWARD.test(name) && listener.consumes.includes(name));

// Steps that an event takes from where the flow begins.
const distances = (services: readonly ServiceContract[]): Map<ServiceContract, number> => {
  const found = new Map<ServiceContract, number>();
  let wave = services.filter(({ emits }) => emits.includes(FIRST));
  for (let steps = 0; wave.length > 0; steps += 1) {
    for (const service of wave) found.set(service, steps);
    const reached = wave;
    wave = services.filter(
      (service) => !found.has(service) && reached.some((speaker) => hears(service, speaker)),
    );
  }
  return found;
};

const inOrderOfFlow = (services: readonly ServiceContract[]): ServiceContract[] => {
  const most = Math.max(...services.map(({ consumes }) => consumes.length));
  // One listens to nearly everything: it stands beside the flow, not in it.
  const hub = services.filter(({ consumes }) => consumes.length === most).slice(0, 1);
  const others = services.filter((service) => !hub.includes(service));
  const far = distances(others);
  const stepsTo = (service: ServiceContract): number => far.get(service) ?? others.length;
  const sorted = others.toSorted(
    (left, right) =>
      stepsTo(left) - stepsTo(right) || Number(hears(left, right)) - Number(hears(right, left)),
  );
  return [...sorted, ...hub];
};

/** Lays the services out as the data flows. */
export const graphOf = (contracts: readonly ServiceContract[]): ContractGraph => {
  const talking = contracts.filter(({ consumes, emits }) => consumes.length + emits.length > 0);
  const services = inOrderOfFlow(talking);
  const placeOf = ({ from, to }: EventRow): number => Math.min(...from, ...(from.length === 0 ? to : []));
  const rows = rowsOf(services).sort(
    (left, right) => placeOf(left) - placeOf(right) || (left.name < right.name ? -1 : 1),
  );
  return { services, rows };
};
