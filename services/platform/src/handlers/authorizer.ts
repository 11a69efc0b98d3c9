import { authorize, type Verdict } from '../authorize.ts';
import type { AuthorizerDeps } from '../ports.ts';
import { wire } from '../wiring.ts';

/** What of the event (payload format 2.0, type REQUEST) is looked at. */
interface AuthorizerEvent {
  /** The values of the authorizer's identity sources: the one header. */
  identitySource?: readonly string[];
}

export const makeHandler =
  (deps: AuthorizerDeps) =>
  ({ identitySource = [] }: AuthorizerEvent): Promise<Verdict> =>
    authorize(deps, identitySource[0]);

export const handler = makeHandler(wire());
