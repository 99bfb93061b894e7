import { isUnder } from '../key.ts';
import type { BeforeDeletion, DeletionReport, KeyFilter } from '../port.ts';
import { ahead } from './ahead.ts';
import type { S3Context } from './context.ts';
import { type DeletionOrder, deleteFolders } from './delete-folders.ts';
import { deleteAllVersions } from './delete-versions.ts';
import { foundPages, type StoredVersion } from './list-versions.ts';

/** Orders are gathered until none has come for so long, in milliseconds: each comes when the ledger has answered about its recording. */
const QUIET_MS = 50;
/** An order waits so long at most, in milliseconds, for others to share its requests with: nobody waits for a deletion. */
const GATHER_MAX_MS = 500;
/** From so many folders on, listing what they are in costs less than listing each. */
const TOGETHER_MIN = 4;

/** What is gathered of one shared folder. */
interface Gathered {
  orders: DeletionOrder[];
  /** What is there, asked for as soon as the folder is to be listed: the time until then is not lost. */
  pages?: AsyncIterable<readonly StoredVersion[]>;
}

/**
 * Deletions of folders that are asked for at about the same time share their listings and their DeleteObjects requests, where the
 * folders lie close together: those of the recordings of one day. Each is reported to whoever asked for it as if it were alone.
 * An order that comes while the rest is gathered may be shown a listing that is older than itself, by `GATHER_MAX_MS` at most: what came
 * to its folder in between is reported as remaining.
 */
export function deletingTogether(s3: S3Context) {
  let gathered = new Map<string, Gathered>();
  let quiet: NodeJS.Timeout | undefined;
  let longest: NodeJS.Timeout | undefined;
  const run = () => {
    clearTimeout(quiet);
    clearTimeout(longest);
    const folders = gathered;
    gathered = new Map();
    for (const [shared, { orders, pages }] of folders) {
      if (pages === undefined) orders.forEach((order) => void deleteAlone(s3, order));
      else
        void deleteFolders(s3, shared, orders, pages).then((left) =>
          left.forEach((order) => void deleteAlone(s3, order)),
        );
    }
  };
  return (prefix: string, before?: BeforeDeletion, only?: KeyFilter): Promise<DeletionReport> => {
    // Two that are about the same must each list by itself: what one has deleted is what the other finds gone.
    const waiting = [...gathered.values()].flatMap(({ orders }) => orders);
    const isTaken = waiting.some((order) => isUnder(order.prefix, prefix) || isUnder(prefix, order.prefix));
    const shared = sharedFolderOf(prefix);
    if (isTaken || shared === undefined) return deleteAllVersions(s3, prefix, before, only);
    const { promise, resolve, reject } = Promise.withResolvers<DeletionReport>();
    if (gathered.size === 0) longest = setTimeout(run, GATHER_MAX_MS);
    clearTimeout(quiet);
    quiet = setTimeout(run, QUIET_MS);
    const folder = gathered.get(shared) ?? { orders: [] };
    gathered.set(shared, folder);
    folder.orders.push({ prefix, before, only: only ?? (() => true), resolve, reject });
    if (folder.orders.length === TOGETHER_MIN) folder.pages = ahead(foundPages(s3, s3.prefix + shared));
    return promise;
  };
}

const deleteAlone = (s3: S3Context, { prefix, before, only, resolve, reject }: DeletionOrder) =>
  deleteAllVersions(s3, prefix, before, only).then(resolve, reject);

/** The folder two above: of `{account}/{yyyy}/{mm}/{dd}/{call}/{recording}/` that of the day. `undefined` for what is not as deep. */
function sharedFolderOf(prefix: string): string | undefined {
  const segments = prefix.split('/');
  return prefix.endsWith('/') && segments.length > 3 ? `${segments.slice(0, -3).join('/')}/` : undefined;
}
