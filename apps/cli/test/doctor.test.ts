import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkDeploy } from '../src/doctor/check-deploy.ts';
import { checkNode, checkState } from '../src/doctor/check-machine.ts';

describe('alluvium doctor', () => {
  it('refuses an old Node, and says what to do', () => {
    expect(checkNode('v24.1.0').state).toBe('ok');
    expect(checkNode('v20.19.0')).toMatchObject({ state: 'wrong', next: expect.stringContaining('npm ci') });
  });

  it('sees a stack that was killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'alluvium-doctor-'));
    expect(checkState(folder).state).toBe('ok');
    await writeFile(join(folder, 'connection.json'), JSON.stringify({ pid: 2 ** 22 + 1 }));
    expect(checkState(folder)).toMatchObject({
      state: 'wrong',
      next: expect.stringContaining('alluvium up'),
    });
    await rm(folder, { recursive: true });
  });

  it('tells the account before a deployment, and what is missing', async () => {
    const identity = { accessKeyId: 'AKIAEXAMPLE', accountId: '123456789012', isTemporary: false };
    const known = await checkDeploy({ AWS_REGION: 'us-east-1' }, () => Promise.resolve(identity));
    expect(known.map(({ what }) => what)).toEqual(expect.arrayContaining(['Account 123456789012']));
    const missing = await checkDeploy({}, () => Promise.reject(new Error('none')));
    expect(missing.map(({ state }) => state)).toEqual(['unknown', 'wrong']);
  });
});
