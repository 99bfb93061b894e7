import type { BeforeDeletion, DeletionReport, KeyFilter } from '../port.ts';
import type { S3Context } from './context.ts';
import { asVersion, deleteBatch, listRemaining, nameOf, type Reasons } from './delete-versions.ts';
import { dropUpload, listIncompleteUploads } from './incomplete-uploads.ts';
import { type StoredVersion, toObjectVersion } from './list-versions.ts';

/** One folder, ending in a slash, and who waits for it. */
export interface DeletionOrder {
  prefix: string;
  before: BeforeDeletion | undefined;
  only: KeyFilter;
  resolve(report: DeletionReport): void;
  reject(reason: unknown): void;
}

/**
 * Below this share of what a listing shows, each folder is better listed by itself. A page that is listed before and afterwards takes two
 * requests, and a quarter of it is what 28 transcribed recordings have, which take five requests each.
 */
const WORTH_MIN = 0.25;

/**
 * Deletes several folders of `shared` with the listings and the requests of one.
 * @param shared relative to the store, ending in a slash
 * @param pages what is there, every version under `shared`
 * @returns orders that nothing was done for, because most of what `shared` holds is in other folders
 */
export async function deleteFolders(
  s3: S3Context,
  shared: string,
  orders: readonly DeletionOrder[],
  pages: AsyncIterable<readonly StoredVersion[]>,
): Promise<readonly DeletionOrder[]> {
  const work = new SharedWork(s3, orders);
  const fullPrefix = s3.prefix + shared;
  try {
    let isFirst = true;
    for await (const page of pages) {
      const wanted = page.filter(({ key }) => work.orderOf(key) !== undefined);
      if (isFirst && wanted.length < page.length * WORTH_MIN) return orders;
      isFirst = false;
      const { batch, allowed } = await work.noted(wanted);
      await deleteBatch(s3, batch, work.reasons, allowed);
    }
    const uploads = (await listIncompleteUploads(s3, fullPrefix)).filter(({ key }) => work.orderOf(key) !== undefined);
    const { batch, allowed } = await work.noted(uploads.map(asVersion));
    const free = new Set(batch.map(({ key }) => key));
    for (const upload of uploads.filter(({ key }) => free.has(key))) {
      const reason = await dropUpload(s3, upload, allowed);
      if (reason !== undefined) work.reasons.set(nameOf({ key: upload.key, versionId: upload.uploadId }), reason);
    }
    work.settle(await listRemaining(s3, fullPrefix, { reasons: work.reasons, isAnyUpload: uploads.length > 0 }));
  } catch (error) {
    for (const order of orders) order.reject(error);
  }
  return [];
}

/** What was found for whom, and who could not have it written down. */
class SharedWork {
  readonly reasons: Reasons = new Map();
  readonly #s3: S3Context;
  readonly #orders: ReadonlyMap<string, DeletionOrder>;
  readonly #found = new Map<DeletionOrder, StoredVersion[]>();
  readonly #failed = new Set<DeletionOrder>();

  constructor(s3: S3Context, orders: readonly DeletionOrder[]) {
    this.#s3 = s3;
    this.#orders = new Map(orders.map((order) => [s3.prefix + order.prefix, order]));
  }

  /** Whose an object is; every order names a folder of the same depth. */
  orderOf(key: string): DeletionOrder | undefined {
    const depth = this.#orders.keys().next().value?.split('/').length ?? 0;
    const folder = `${key.split('/', depth - 1).join('/')}/`;
    const order = key.startsWith(folder) ? this.#orders.get(folder) : undefined;
    return order !== undefined && !this.#failed.has(order) && order.only(key.slice(this.#s3.prefix.length))
      ? order
      : undefined;
  }

  /** Shows each its part of a batch. @returns what may be deleted, nothing of those who could not write it down, and for how long */
  async noted(batch: readonly StoredVersion[]): Promise<{ batch: StoredVersion[]; allowed: AbortSignal }> {
    const signals: AbortSignal[] = [];
    const parts = [...Map.groupBy(batch, ({ key }) => this.orderOf(key))];
    const noted = await Promise.all(
      parts.map(async ([order, part]) => {
        if (order === undefined) return [];
        try {
          const allowed = await order.before?.(part.map((version) => toObjectVersion(this.#s3, version)));
          if (allowed !== undefined) signals.push(allowed);
        } catch (error) {
          this.#failed.add(order);
          order.reject(error);
          return [];
        }
        this.#found.set(order, [...(this.#found.get(order) ?? []), ...part]);
        return part;
      }),
    );
    return { batch: noted.flat(), allowed: AbortSignal.any(signals) };
  }

  /** Tells each what became of its own. */
  settle(remaining: readonly (StoredVersion & { reason: string | undefined })[]): void {
    const left = Map.groupBy(remaining, ({ key }) => this.orderOf(key));
    for (const order of this.#orders.values()) {
      const own = left.get(order) ?? [];
      const names = new Set(own.map(nameOf));
      const gone = (this.#found.get(order) ?? []).filter((version) => !names.has(nameOf(version)));
      order.resolve({
        deleted: gone.map((version) => toObjectVersion(this.#s3, version)),
        remaining: own.map((version) => ({ ...toObjectVersion(this.#s3, version), reason: version.reason })),
      });
    }
  }
}
