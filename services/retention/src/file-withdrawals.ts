import type { Publisher } from '@onrecord/shared/event-log/publisher';
import {
  type EventOf,
  type OnrecordEvent,
  recordingCleared,
  recordingRefused,
  recordingWithheld,
  withdrawalKey,
} from '@onrecord/shared/events';
import { ObjectExistsError, type ObjectStore } from '@onrecord/shared/object-store/port';

/** The outbox tries again; meanwhile other recordings go on. */
const FILE_TIMEOUT_MS = 10_000;

type Decision = EventOf<typeof recordingCleared | typeof recordingRefused | typeof recordingWithheld>;

const DECISIONS: readonly string[] = [recordingCleared.type, recordingRefused.type, recordingWithheld.type];

const isWithdrawing = (event: OnrecordEvent): event is Decision =>
  DECISIONS.includes(event.type) && (event as Decision).data.supersedesClearance;

/**
 * Publishes, and before that writes down of every decision that takes a clearance back that this clearance holds no more. The
 * transcriber reads an event when its turn comes; a clearance that is being carried out, or stands before its refusal in the log,
 * would have audio at the provider by then.
 */
export const filingWithdrawals = (
  publisher: Pick<Publisher, 'publish'>,
  store: Pick<ObjectStore, 'put'>,
): Pick<Publisher, 'publish'> => ({
  publish: async (events) => {
    await Promise.all(events.filter(isWithdrawing).map((event) => file(event, store)));
    await publisher.publish(events);
  },
});

/** @throws ObjectStoreError */
async function file({ data, id }: Decision, store: Pick<ObjectStore, 'put'>): Promise<void> {
  const clearance = data.decision - 1;
  const { accountSid, recordingSid, decidedAt } = data;
  const note = { schema: 'onrecord.withdrawal.v1', accountSid, recordingSid, clearance, withdrawnBy: id, decidedAt };
  try {
    await store.put(withdrawalKey(data, clearance), Buffer.from(`${JSON.stringify(note, null, 2)}\n`), {
      contentType: 'application/json',
      createOnly: true,
      signal: AbortSignal.timeout(FILE_TIMEOUT_MS),
    });
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
  }
}
