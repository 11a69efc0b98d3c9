import { assertReadable, crawlPageV1, type CrawlPageV1 } from '@alluvium/contracts';
import type { Objects } from '@alluvium/lambda-kit';
import { pageKeyOf } from './domain/object-keys.ts';

/** Pages that are asked for at once. */
const READ_AT_ONCE = 16;

const findPage = async (objects: Objects, runId: string, page: number): Promise<CrawlPageV1 | undefined> => {
  const bytes = await objects.find(pageKeyOf(runId, page));
  return bytes === undefined
    ? undefined
    : assertReadable(crawlPageV1, JSON.parse(Buffer.from(bytes).toString('utf8')));
};

/** The stored pages of a run, in order, up to the first that is not there. */
export async function* readPages(objects: Objects, runId: string): AsyncGenerator<CrawlPageV1> {
  for (let first = 0; ; first += READ_AT_ONCE) {
    const numbers = Array.from({ length: READ_AT_ONCE }, (_, index) => first + index);
    const pages = await Promise.all(numbers.map((page) => findPage(objects, runId, page)));
    for (const page of pages) {
      if (page === undefined) return;
      yield page;
    }
  }
}

/** Stores a page once; what is there already wins and is returned. */
export const writePage = async (objects: Objects, page: CrawlPageV1): Promise<CrawlPageV1> => {
  const pointer = await objects.writeDocument(crawlPageV1, pageKeyOf(page.runId, page.page), page);
  return objects.readDocument(crawlPageV1, pointer);
};
