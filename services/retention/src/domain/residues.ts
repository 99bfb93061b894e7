import type { Residue } from './certificate-schema.ts';
import { type Deletion, isOfObjects, isOfSource } from './deletion.ts';

/** Of a transcript whose audio was sent to a provider. */
export interface ProviderUse {
  provider: string;
  requestId?: string | undefined;
}

export interface ResidueFacts {
  /** How long the event log keeps a record, in milliseconds. */
  eventLogRetentionMs: number;
  providers: readonly ProviderUse[];
}

/** @param deletion a completed one */
export function residuesOf(deletion: Deletion, { eventLogRetentionMs, providers }: ResidueFacts): Residue[] {
  const { completedAt = deletion.startedAt, classes, source } = deletion;
  const metadataUntil = source.metadataUntil?.toISOString();
  const ofProvider = classes === undefined || classes.includes('transcript') || classes.includes('provider-response');
  return [
    ...(isOfSource(deletion) && metadataUntil !== undefined ? [twilioMetadata(metadataUntil)] : []),
    ...(ofProvider ? providers.map(providerCopy) : []),
    {
      what: 'event-log',
      where: 'the event log (Kafka, or the log in Postgres)',
      until: new Date(completedAt.getTime() + eventLogRetentionMs).toISOString(),
      explanation:
        'Events about the recording and its call: SIDs, times, hashes and phone numbers, no audio and no text.',
    },
    ...(classes === undefined ? [WITHDRAWAL_NOTE] : []),
    LEDGER_RECORD,
    ...(isOfObjects(deletion) ? [OUTSIDE_COPIES] : []),
  ];
}

const twilioMetadata = (until: string): Residue => ({
  what: 'twilio-metadata',
  where: 'Twilio',
  until,
  recheckAt: until,
  explanation: 'Twilio deletes the media at once and goes on showing the metadata of the recording for 40 days.',
});

const providerCopy = ({ provider, requestId }: ProviderUse): Residue => ({
  what: 'provider-copy',
  where: requestId === undefined ? provider : `${provider}, request ${requestId}`,
  explanation:
    'The provider transcribed the recording and has no way to be asked what it kept: what it keeps is settled by the contract with it.',
});

const WITHDRAWAL_NOTE: Residue = {
  what: 'withdrawal-note',
  where: 'the object store, in the folder withdrawn/ of the account',
  explanation:
    'Says that a clearance of this recording holds no more, by SID alone; it goes when the folders are looked at once more, a day later.',
};

const LEDGER_RECORD: Residue = {
  what: 'ledger-record',
  where: 'the ledger',
  explanation:
    'What is evidence of the handling: SIDs, times, decisions, hashes and sizes of what once was there, and this certificate.',
};

const OUTSIDE_COPIES: Residue = {
  what: 'outside-copies',
  where: 'not known to Onrecord',
  explanation:
    'Backups, replicas and snapshots of the bucket and of the database, and whatever was downloaded or delivered: Onrecord does not know of them.',
};
