import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from './support/browser.ts';
import { startStack, type ConsoleStack } from './support/console-stack.ts';
import { leaveDeadLetter } from './support/dead-letter.ts';
import { seriousFindings } from './support/findings.ts';

const WHOLE_STACK_MS = 300_000;
const STEP_MS = 60_000;
const VIEWS = [
  '/',
  '/search?q=herons&collection=docs',
  '/chat',
  '/runs',
  '/collections',
  '/collections/docs',
  '/events',
  '/dlq/compactor',
  '/contracts',
];

let folder: string;
let stack: ConsoleStack;
let browser: Browser;
const closing: (() => Promise<void>)[] = [];
let page: Page;
const complaints: string[] = [];

const drop = async (name: string, text: string): Promise<void> => {
  const file = join(folder, name);
  await writeFile(file, text);
  await page.goto(`${stack.console}/`);
  await page.setInputFiles('[data-files]', file);
  await page.getByText(/^Found .* after the drop$/).waitFor();
};

/** Waits until the collection has so many versions. */
const settled = async (versions: number): Promise<void> => {
  await page.goto(`${stack.console}/collections/docs`);
  await page.getByText('Snapshots').waitFor();
  await page
    .locator('[aria-label="Versions"] tbody tr')
    .nth(versions - 1)
    .waitFor();
};

describeInBrowser('the console', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alluvium-console-'));
    closing.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    stack = await startStack(join(folder, 'state'));
    closing.push(() => stack.stop());
    browser = await startBrowser();
    closing.push(() => browser.close());
    page = await browser.newPage();
    page.setDefaultTimeout(STEP_MS);
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (said) => {
      if (/content security policy/i.test(said.text())) complaints.push(said.text());
    });
  }, WHOLE_STACK_MS);

  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  it(
    'finds a dropped file by its heading, and shows how it got there',
    async () => {
      await drop('herons.md', '# Herons of the delta\n\nA heron waits where the river slows.\n');
      expect(await page.inputValue('[data-search]')).toBe('Herons of the delta');
      expect(await page.locator('.hit h3').first().textContent()).toBe('Herons of the delta');
      await page.locator('[aria-label^="settle of part 0: waited"]').waitFor();
      await page.locator('[aria-label^="embed of part 0"]').click();
      await page.getByText('delta.created.v1').first().waitFor();
    },
    2 * STEP_MS,
  );

  it(
    'explains a search, keeps it in the address, and goes there on a slash',
    async () => {
      await page.goto(`${stack.console}/runs`);
      await page.getByRole('heading', { name: 'Runs' }).waitFor();
      await page.keyboard.press('/');
      await page.locator('[data-search]:focus').waitFor();
      await page.keyboard.type('heron');
      await page.getByLabel('mode').selectOption('lexical');
      await page.locator('.hit mark').first().waitFor();
      expect(page.url()).toContain('q=heron&mode=lexical');
      await page.getByText('Why this hit').first().click();
      expect(await page.locator('.why').first().textContent()).toMatch(/BM25 \d/);
      await page.reload();
      await page.locator('.hit mark').first().waitFor();
    },
    STEP_MS,
  );

  it(
    'answers a question, and opens the passage that the answer rests on',
    async () => {
      await page.goto(`${stack.console}/chat?collection=docs`);
      await page.getByLabel('Question').fill('Where does a heron wait?');
      await page.getByRole('button', { name: 'Ask' }).click();
      await page.locator('[data-citation]').first().click();
      await page.locator('dialog .cited').getByText('A heron waits where the river slows.').waitFor();
    },
    STEP_MS,
  );

  it(
    'puts a dead letter back where it came from',
    async () => {
      await leaveDeadLetter(stack.awsEndpoints['AWS_ENDPOINT_URL_SQS'] ?? '', 'asked-again');
      await page.goto(`${stack.console}/dlq/compactor`);
      const letter = page.locator('[data-letter]');
      await letter.waitFor();
      expect(await letter.textContent()).toContain('LEASE_LOST');
      await letter.getByRole('button', { name: 'Redrive' }).click();
      await page.getByText('1 are back where they came from.').waitFor();
      await letter.waitFor({ state: 'detached' });
      await page.goto(`${stack.console}/events`);
      await page.getByLabel('Filter events').fill('asked-again');
      await page.getByRole('button', { name: 'compaction.requested.v1' }).first().waitFor();
    },
    STEP_MS,
  );

  it(
    'rolls a collection back when its name is typed',
    async () => {
      await settled(1);
      await drop('mistake.md', '# A mistake\n\nVoles were never meant to be here.\n');
      await settled(2);
      await page.getByLabel('Roll back to 1').click();
      await page.locator('dialog [data-diff]').getByText('files/document#mistake.md').waitFor();
      const confirm = page.getByRole('button', { name: 'Roll back', exact: true });
      expect(await confirm.isDisabled()).toBe(true);
      await page.locator('dialog input').fill('docs');
      await confirm.click();
      await page.getByText(/^Version 3 has the content of version 1/).waitFor();
    },
    2 * STEP_MS,
  );

  it(
    'opens the contract of an event from the drawing',
    async () => {
      await page.goto(`${stack.console}/contracts`);
      await page.locator('[aria-label^="delta.created.v1: from embed"]').click();
      await page.locator('dialog').getByText('"x-identity"').waitFor();
      expect(page.url()).toMatch(/\/contracts\/delta\.created\.v1$/);
    },
    STEP_MS,
  );

  it(
    'obeys its own content security policy and throws nothing',
    () => {
      expect(complaints).toEqual([]);
    },
    STEP_MS,
  );

  it.each(['light', 'dark'] as const)(
    'has nothing that axe calls serious, in %s colours',
    async (colorScheme) => {
      const context = await browser.newContext({ bypassCSP: true, colorScheme });
      const looked = await context.newPage();
      for (const view of VIEWS) {
        await looked.goto(stack.console + view);
        await looked.locator('h1').waitFor();
        await looked.waitForLoadState('load');
        await looked.waitForTimeout(400);
        expect([view, await seriousFindings(looked)]).toEqual([view, []]);
      }
      await context.close();
    },
    2 * STEP_MS,
  );

  it(
    'fits a screen of 400 pixels',
    async () => {
      const context = await browser.newContext({ viewport: { width: 400, height: 800 } });
      const looked = await context.newPage();
      for (const view of VIEWS) {
        await looked.goto(stack.console + view);
        await looked.locator('h1').waitFor();
        await looked.waitForTimeout(400);
        const width = await looked.evaluate('document.documentElement.scrollWidth');
        expect([view, width]).toEqual([view, 400]);
      }
      await context.close();
    },
    STEP_MS,
  );
});
