import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { FactLedger } from '../accept-fact.ts';
import type { AccessAudit } from '../access/access-audit.ts';
import type { Accesses } from '../access/accesses.ts';
import type { People } from '../access/people.ts';
import type { AccessOptions } from '../access/settings.ts';
import type { Tokens } from '../access/tokens.ts';
import type { DecisionObserver, RecordingLedger } from '../change-recording.ts';
import type { Erasures } from '../erasures/erasures.ts';
import type { Subjects } from '../erasures/subjects.ts';
import type { Holds } from '../holds/holds.ts';
import type { RecordsReader } from '../ledger/read/reader.ts';
import type { PolicyDesk } from '../policies/policy-desk.ts';

/** What the routes of the records API work with. */
export interface RecordsApi extends DecisionObserver {
  /** The installation's own account: of what nobody knows yet, it is meant where no account is named. */
  accountSid: string;
  /** RECORDS_API_TOKEN. */
  token: string;
  tokens: Tokens;
  /** Absent where no identity provider is configured. */
  people?: People | undefined;
  access: AccessOptions;
  accesses: Accesses;
  accessAudit: AccessAudit;
  holds: Holds;
  reader: RecordsReader;
  policies: PolicyDesk;
  ledger: FactLedger & RecordingLedger;
  erasures: Erasures;
  subjects: Subjects;
  objectStore: Pick<ObjectStore, 'get' | 'head' | 'presignGet'>;
  clock: () => Date;
  /** Names an answer that came without an Idempotency-Key. */
  newReference: () => string;
  /** Something became due sooner than the sweeper would look. */
  onDue: (at: Date) => void;
  logError: (error: Error) => void;
}
