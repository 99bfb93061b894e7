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

/** The outbox, or the next attempt at a deletion, tries again; meanwhile other recordings go on. */
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

function file({ data, id }: Decision, store: Pick<ObjectStore, 'put'>): Promise<void> {
  const { decidedAt, decision, supersededClearance: clearance = decision - 1 } = data;
  return fileWithdrawal(data, { clearance, withdrawnBy: id, decidedAt }, store);
}

/** Which clearance holds no more, and the id of the event that tells why. */
interface Withdrawal {
  clearance: number;
  withdrawnBy: string;
  decidedAt: string;
}

/**
 * Writes down that a clearance holds no more, once.
 * @throws ObjectStoreError
 */
export async function fileWithdrawal(
  { accountSid, recordingSid }: { accountSid: string; recordingSid: string },
  withdrawal: Withdrawal,
  store: Pick<ObjectStore, 'put'>,
): Promise<void> {
  const note = { schema: 'onrecord.withdrawal.v1', accountSid, recordingSid, ...withdrawal };
  const key = withdrawalKey({ accountSid, recordingSid }, withdrawal.clearance);
  try {
    await store.put(key, Buffer.from(`${JSON.stringify(note, null, 2)}\n`), {
      contentType: 'application/json',
      createOnly: true,
      signal: AbortSignal.timeout(FILE_TIMEOUT_MS),
    });
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
  }
}
