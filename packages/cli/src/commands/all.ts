import type { Command } from '../command.ts';
import { listAccesses } from './accesses/list.ts';
import { listAudit } from './audit/list.ts';
import { listCalls } from './calls/list.ts';
import { setTags } from './calls/set-tags.ts';
import { showCall } from './calls/show.ts';
import { checkNumber } from './check-number.ts';
import { listConsents } from './consents/list.ts';
import { recordConsent } from './consents/record.ts';
import { listDeadLetters, showDeadLetter } from './dead-letters/list.ts';
import { discardDeadLetters, replayDeadLetters } from './dead-letters/settle.ts';
import { decision } from './decision.ts';
import { certificateOfDeletion } from './deletions/certificate.ts';
import { listDeletions } from './deletions/list.ts';
import { showDeletion } from './deletions/show.ts';
import { diagnosis } from './diagnosis.ts';
import { doctor } from './doctor.ts';
import { listErasures } from './erasures/list.ts';
import { requestErasure } from './erasures/request.ts';
import { showErasure } from './erasures/show.ts';
import { exportSubject } from './export-subject.ts';
import { approveRelease } from './holds/approve.ts';
import { listHolds } from './holds/list.ts';
import { placeHold } from './holds/place.ts';
import { releaseHold } from './holds/release.ts';
import { showHold } from './holds/show.ts';
import { listMatters } from './matters/list.ts';
import { openMatter } from './matters/open.ts';
import { showMatter } from './matters/show.ts';
import { media } from './media.ts';
import { activatePolicy } from './policies/activate.ts';
import { checkPolicy } from './policies/check.ts';
import { draftPolicy } from './policies/draft.ts';
import { listPolicies } from './policies/list.ts';
import { showPolicy } from './policies/show.ts';
import { simulate } from './policies/simulate.ts';
import { reconcile } from './reconcile.ts';
import { listRecordings } from './recordings/list.ts';
import { setRetention } from './recordings/set-retention.ts';
import { showRecording } from './recordings/show.ts';
import { search } from './search.ts';
import { createToken } from './tokens/create.ts';
import { listTokens } from './tokens/list.ts';
import { revokeToken } from './tokens/revoke.ts';
import { transcript } from './transcript.ts';

/** Every command, in the order in which the help lists them. */
export const COMMANDS: readonly Command[] = [
  listRecordings,
  showRecording,
  setRetention,
  transcript,
  search,
  media,
  listCalls,
  showCall,
  setTags,
  listConsents,
  recordConsent,
  decision,
  listErasures,
  showErasure,
  requestErasure,
  exportSubject,
  listMatters,
  showMatter,
  openMatter,
  listHolds,
  showHold,
  placeHold,
  releaseHold,
  approveRelease,
  listDeletions,
  showDeletion,
  certificateOfDeletion,
  diagnosis,
  listPolicies,
  showPolicy,
  checkPolicy,
  draftPolicy,
  simulate,
  activatePolicy,
  listTokens,
  createToken,
  revokeToken,
  listAccesses,
  listAudit,
  reconcile,
  listDeadLetters,
  showDeadLetter,
  replayDeadLetters,
  discardDeadLetters,
  doctor,
  checkNumber,
];
