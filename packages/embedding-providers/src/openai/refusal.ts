import type { FailureV1 } from '@alluvium/contracts';
import { withoutSecrets } from '../provider-errors.ts';

/** An error as the API tells it. */
export interface Complaint {
  code?: unknown;
  message?: unknown;
}

const textsOf = ({ code, message }: Complaint): string[] =>
  [code, message].filter((part): part is string => typeof part === 'string' && part !== '');

/** A refusal as our events carry it: a code of ours, the provider's own in the message. */
export const refusalOf = (complaint: Complaint | null | undefined): FailureV1 => ({
  code: 'PROVIDER_REFUSED',
  message: withoutSecrets(textsOf(complaint ?? {}).join(': ')) || 'The provider gave no reason',
});
