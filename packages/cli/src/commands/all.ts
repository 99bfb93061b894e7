import type { Command } from '../command.ts';
import { checkNumber } from './check-number.ts';
import { consent } from './consent.ts';
import { decision } from './decision.ts';
import { diagnosis } from './diagnosis.ts';
import { doctor } from './doctor.ts';
import { reconcile } from './reconcile.ts';
import { listRecordings } from './recordings/list.ts';
import { showRecording } from './recordings/show.ts';
import { transcript } from './transcript.ts';

/** Every command, in the order in which the help lists them. */
export const COMMANDS: readonly Command[] = [
  listRecordings,
  showRecording,
  transcript,
  consent,
  decision,
  diagnosis,
  reconcile,
  doctor,
  checkNumber,
];
