import '../environment.ts';
import { hasCode, makeEvent, operationRequestedV1 } from '@alluvium/contracts';
import type { OperationArgs } from '@alluvium/lambda-kit';
import { VirtualProcess, type Random } from '@alluvium/testkit/simulation';
import { readVersions, removeTag, tagVersion } from '@alluvium/vector-store';
import { rollBackSnapshot } from '../../../services/compactor/src/operations/roll-back.ts';
import { unrevertSnapshot } from '../../../services/compactor/src/operations/unrevert.ts';
import type { IndexFacts } from '../facts.ts';
import type { Observer } from '../observer.ts';
import type { Services } from '../services.ts';
import { compactorDeps, operationDeps } from './compactor-process.ts';

/** An operator, and the index that he looks after. */
export interface Historian {
  services: Services;
  observer: Observer;
  index: IndexFacts;
}

type Deed = (person: VirtualProcess, historian: Historian, random: Random) => Promise<void>;

const OPERATIONS = { 'rollback-snapshot': rollBackSnapshot, 'unrevert-snapshot': unrevertSnapshot };

/** Versions that he thinks of. */
const RECENT = 5;

const someVersion = ({ versions }: IndexFacts, random: Random): number | undefined => {
  const known = [...versions.keys()].slice(-RECENT);
  return known.length === 0 ? undefined : random.pick(known);
};

// As the orchestrator asks the compactor for it.
const operate = async (
  person: VirtualProcess,
  services: Services,
  { operation, args }: { operation: keyof typeof OPERATIONS; args: OperationArgs },
): Promise<void> => {
  const deps = operationDeps(person, services);
  const { origin } = deps.runtime;
  const data = {
    ...{ operationId: origin.newEventId(), target: 'compactor', operation, args },
    requestedBy: person.name,
  };
  const cause = { correlationId: data.operationId };
  const { detail } = makeEvent(operationRequestedV1, data, cause, origin);
  await OPERATIONS[operation](deps)(args, detail.data, detail.metadata);
};

const rollBack: Deed = async (person, { services, observer, index }, random) => {
  const to = someVersion(index, random);
  if (to === undefined) return;
  const wasKept = observer.retained(index).includes(to);
  observer.facts.changes.set(person.name, { kind: 'rollback', to });
  services.scheduler.note(person.name, `goes back to version ${to}`);
  const { indexPath } = index;
  try {
    await operate(person, services, { operation: 'rollback-snapshot', args: { indexPath, version: to } });
  } catch (error) {
    if (!hasCode(error, 'VERSION_EXPIRED')) throw error;
    const expected = index.versions.get(to)?.chunkIds ?? [];
    const isRetained = wasKept && observer.retained(index).includes(to);
    observer.lookedBack({ asOf: to, found: undefined, refusal: 'VERSION_EXPIRED', expected, isRetained });
  }
};

const letIn: Deed = async (person, { services, observer, index: { indexPath } }) => {
  observer.facts.changes.set(person.name, { kind: 'unrevert' });
  services.scheduler.note(person.name, 'lets in what was taken out');
  await operate(person, services, { operation: 'unrevert-snapshot', args: { indexPath } });
};

const tag: Deed = async (person, { services, index }, random) => {
  const { store, clock } = compactorDeps(person, services);
  const version = someVersion(index, random);
  const known = (await readVersions(store, index.indexPath)).find((entry) => entry.version === version);
  if (known === undefined) return;
  const name = person.name.replaceAll('.', '-');
  services.scheduler.note(person.name, `tags version ${known.version}`);
  try {
    await tagVersion(store, index.indexPath, { name, version: known, nowMs: clock.nowMs() });
  } catch (error) {
    if (!hasCode(error, 'VERSION_EXPIRED')) throw error;
    return;
  }
  index.tags.set(name, known.version);
};

const untag: Deed = async (person, { services, index }) => {
  const [name] = [...index.tags.keys()];
  if (name === undefined) return;
  // From now on it may be gone, whatever he hears of it.
  index.tags.delete(name);
  await removeTag(compactorDeps(person, services).store, index.indexPath, name);
};

const DEEDS: readonly Deed[] = [rollBack, rollBack, rollBack, letIn, tag, tag, untag];

/** Rolls an index back now and then, lets in what he took out, and gives names to versions, as long as the storm lasts. */
export const startHistorian = (historian: Historian, name: string, everyMs: number): void => {
  const { services } = historian;
  const random = services.random.fork(name);
  let deeds = 0;
  const next = (): void => {
    deeds += 1;
    const person = new VirtualProcess(services.scheduler, `${name}.${deeds}`);
    const deed = random.pick(DEEDS);
    person.deliver(random.between(1_000, 2 * everyMs), 'looks after the index', () => {
      if (!services.weather.isStormy()) return;
      person.invoke(
        () => deed(person, historian, random),
        () => undefined,
      );
      next();
    });
  };
  next();
};
