import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';

/** Where Chromium lies: CHROMIUM_PATH, or where Debian puts it. */
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Tests that need a browser; without one they are skipped, and their title says why. */
export const describeInBrowser = (title: string, body: () => void): void => {
  if (existsSync(CHROMIUM)) describe(title, body);
  else describe.skip(`${title} (skipped: no Chromium at ${CHROMIUM}; set CHROMIUM_PATH)`, body);
};

/** Starts the browser. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
