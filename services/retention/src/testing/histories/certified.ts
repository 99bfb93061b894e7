import { deletionId } from '../../domain/deletion-id.ts';
import type { History } from './history.ts';

const countOf = <T>(items: readonly T[]): ReadonlyMap<T, number> =>
  new Map([...Map.groupBy(items, (item) => item)].map(([item, same]) => [item, same.length]));

/** Of every completed deletion that has not exactly one certificate, and of everything that went and is in none, or is in one and did not go. */
export function wronglyCertified({ ledger, watch }: History): string[] {
  const completed = [...ledger.rows.values()].flatMap(({ recording, deletions }) =>
    [...deletions.values()].flatMap(({ number, completedAt }) =>
      completedAt === undefined ? [] : [deletionId(recording, number)],
    ),
  );
  const issued = countOf(ledger.certificates.map((certificate) => certificate.deletionId));
  const named = new Set(
    ledger.certificates.flatMap(({ objects, places, subject }) => [
      ...objects.map(({ key, versionId }) => `${key} ${versionId}`),
      ...places.flatMap(({ place, outcome }) =>
        place === 'twilio' && outcome === 'deleted' ? [`${subject.recordingSid} `] : [],
      ),
    ]),
  );
  const open = [...ledger.rows.values()].flatMap(({ recording, deletions }) =>
    [...deletions.values()].some(({ completedAt }) => completedAt === undefined) ? [recording.recordingSid] : [],
  );
  const isOpen = (name: string) => open.some((recordingSid) => name.includes(recordingSid));
  return [
    ...completed.filter((id) => issued.get(id) !== 1),
    ...[...issued.keys()].filter((id) => !completed.includes(id)),
    // What a deletion took away that a hold stopped is told when it goes on; what two deletions had noted, both tell of.
    ...watch.went.filter((name) => !named.has(name) && !isOpen(name)),
    ...[...named].filter((name) => !watch.went.includes(name)),
  ];
}
