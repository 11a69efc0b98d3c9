import { signal } from '@preact/signals';
import { call } from './call.ts';

/** What the console is connected to. */
export interface Info {
  mode: 'local' | 'remote';
  api: string;
  /** Whether every event is told as it happens. */
  events: boolean;
  /** Whether the store itself can be read: sizes, versions, dead letters. */
  store: boolean;
}

/** Undefined until it is known. */
export const info = signal<Info | undefined>(undefined);

/** Finds out what the console is connected to. */
export const loadInfo = async (): Promise<void> => {
  info.value = await call<Info>('/_local/info').catch(() => undefined);
};
