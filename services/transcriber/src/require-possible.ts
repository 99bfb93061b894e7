import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { AskedOptions } from '@onrecord/shared/events';
import { describeImpossible } from '@onrecord/shared/transcription/impossible-options';
import type { ProviderName } from '@onrecord/shared/transcription/provider-capabilities';
import { STAGES } from './domain/stages.ts';

/** @throws StageError (permanent) naming each option that the provider cannot meet: none is left out in silence */
export function requirePossible(provider: ProviderName, wanted: AskedOptions): void {
  const problem = describeImpossible(provider, wanted);
  if (problem !== undefined) throw new StageError(STAGES.transcriptionOptions, problem, { kind: 'permanent' });
}
