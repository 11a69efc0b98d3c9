import { ok, unknown, wrong, type Finding } from './finding.ts';

/** What the SDK's chain of credentials found. */
export interface Identity {
  accessKeyId: string;
  accountId?: string;
  isTemporary: boolean;
}

const explain = ({ accessKeyId, accountId, isTemporary }: Identity): Finding[] => {
  const kind = isTemporary ? 'a role or session' : 'a user with a long-lived key';
  const who = ok('credentials', `${kind}, key ${accessKeyId.slice(0, 8)}…`);
  const next = 'See account and role: aws sts get-caller-identity';
  const account =
    accountId === undefined
      ? unknown('account', 'The credentials do not name their account', next)
      : ok('account', `Account ${accountId}`);
  return [who, account];
};

const MISSING = wrong(
  'credentials',
  'There are no AWS credentials.',
  'Deploying, and every command that reads the bucket, needs them.',
  'Set AWS_PROFILE, or sign in: aws sso login',
);

/** Whose account would be deployed to, as far as the SDK's chain of credentials can tell without a call. */
export const checkDeploy = async (
  environment: NodeJS.ProcessEnv,
  identify: () => Promise<Identity>,
): Promise<Finding[]> => {
  const { AWS_REGION: region } = environment;
  const where =
    region === undefined
      ? unknown('region', 'AWS_REGION is not set: eu-west-1 is taken', 'export AWS_REGION=eu-west-1')
      : ok('region', `Region ${region}`);
  const role = environment['AWS_ROLE_ARN'];
  const roles = role === undefined ? [] : [ok('role', `Role ${role}`)];
  const who = await identify().then(explain, () => [MISSING]);
  return [where, ...roles, ...who];
};

/** Asks the SDK's chain: environment, profile, SSO, web identity, container, instance. */
export const identifyByChain = async (): Promise<Identity> => {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ region: process.env['AWS_REGION'] ?? 'eu-west-1' });
  const { accessKeyId, accountId, sessionToken } = await client.config.credentials();
  return {
    accessKeyId,
    ...(accountId !== undefined && { accountId }),
    isTemporary: sessionToken !== undefined && sessionToken !== '',
  };
};
