import { readFileSync } from 'node:fs';
import { ofType } from '@alluvium/local';
import { judge, together, type Check } from '../finding.ts';
import type { DeployStack } from '../package-stacks.ts';
import { zipEntries } from '../zip-entries.ts';

const CHECK = 'zips';
const MOST_BYTES = 60_000_000;
const MOST_API_BYTES = 3_000_000;

/** What AWS unpacks for one function. */
export interface ZipSize {
  function: string;
  zipBytes: number;
  unzippedBytes: number;
  files: readonly string[];
}

const nameOf = (service: string, logicalId: string): string =>
  `${service}/${logicalId.replace(/LambdaFunction$/, '')}`;

/** The sizes of all functions of all stacks. */
export const zipSizes = (stacks: readonly DeployStack[]): ZipSize[] =>
  stacks.flatMap(({ service, zips }) =>
    Object.entries(zips).map(([id, file]) => {
      const zip = readFileSync(file);
      const entries = zipEntries(zip);
      return {
        function: nameOf(service, id),
        zipBytes: zip.length,
        unzippedBytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
        files: entries.map(({ name }) => name),
      };
    }),
  );

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** How much there is to load at a cold start. */
export const zips: Check = {
  name: CHECK,
  run: ({ stacks, resolved: { resources } }) => {
    const sizes = zipSizes(stacks);
    const answering = ofType(resources, 'AWS::ApiGatewayV2::Integration').map(
      ({ properties }) => properties.IntegrationUri,
    );
    return together(
      ofType(resources, 'AWS::Lambda::Function').map((one) => {
        const name = nameOf(one.stack.service, one.logicalId);
        const { unzippedBytes = 0, files = [] } = sizes.find((zip) => zip.function === name) ?? {};
        const hasNative = files.some((file) => file.includes('onnxruntime-node/bin'));
        const most =
          answering.includes(one.attributes['Arn'] ?? '') && !hasNative ? MOST_API_BYTES : MOST_BYTES;
        return judge(CHECK, one, [
          [
            unzippedBytes <= most,
            `it unpacks to ${megabytes(unzippedBytes)} MB, ${megabytes(most)} are allowed`,
          ],
          [files.some((file) => file.endsWith('index.mjs')), 'its zip holds no index.mjs'],
        ]);
      }),
    );
  },
};
