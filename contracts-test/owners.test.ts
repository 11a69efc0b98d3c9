import { describe, expect, it } from '@jest/globals';
import { loadSchemas } from '../tools/contracts/load-schemas.ts';
import { OPERATOR, ownersOf, producersOf } from './support/owners.ts';
import { loadServices } from './support/services.ts';

const HTTP_KIT = 'lambda-kit';
const services = loadServices();
const schemas = loadSchemas();
const isHttp = ({ kind }: { kind: string }): boolean => kind === 'api';

describe.each(schemas.filter(({ kind }) => kind !== 'shared'))('$kind/$name', (file) => {
  const owners = ownersOf(file);

  it('has exactly one owner, and one that exists', () => {
    expect(owners).toHaveLength(1);
    expect([...services.map(({ name }) => name), HTTP_KIT, OPERATOR]).toContain(owners[0]);
  });

  it('names its owner only where no contract.json tells it', () => {
    const isTold = producersOf(file).length === 1;
    expect('x-owner' in file.schema).toBe(!isTold);
  });
});

describe('the owner of an HTTP body', () => {
  it.each(schemas.filter(isHttp).flatMap((file) => ownersOf(file).map((owner) => [file.name, owner])))(
    'of %s, %s, answers over HTTP',
    (_, owner) => {
      const answering = services.filter(({ file }) => 'http' in (file.functions ?? {}));
      expect([...answering.map(({ name }) => name), HTTP_KIT]).toContain(owner);
    },
  );
});
