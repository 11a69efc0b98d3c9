import { PipelineError } from '@alluvium/contracts';
import type { Connector, ConnectorDeps, ConnectorSettings } from './connector.ts';
import { feedConnector } from './feed/feed-connector.ts';
import { filesConnector } from './files/files-connector.ts';
import { githubConnector } from './github/github-connector.ts';
import { httpJsonConnector } from './http-json/http-json-connector.ts';
import { marvelConnector } from './marvel/marvel-connector.ts';
import { sitemapConnector } from './sitemap/sitemap-connector.ts';

type Open = (settings: Readonly<Record<string, unknown>>, deps: ConnectorDeps) => Connector;

const CONNECTORS: Readonly<Record<string, Open>> = {
  feed: feedConnector,
  files: filesConnector,
  github: githubConnector,
  'http-json': httpJsonConnector,
  marvel: marvelConnector,
  sitemap: sitemapConnector,
};

/** Names of the connectors. */
export const CONNECTOR_NAMES: readonly string[] = Object.keys(CONNECTORS);

/** The connector that `settings` names. @throws PipelineError CONNECTOR_UNKNOWN, SOURCE_INVALID */
export const openConnector = ({ connector, settings }: ConnectorSettings, deps: ConnectorDeps): Connector => {
  const open = Object.hasOwn(CONNECTORS, connector) ? CONNECTORS[connector] : undefined;
  if (open !== undefined) return open(settings, deps);
  throw new PipelineError(`There is no connector "${connector}"; there are ${CONNECTOR_NAMES.join(', ')}`, {
    code: 'CONNECTOR_UNKNOWN',
    kind: 'invalid',
  });
};
