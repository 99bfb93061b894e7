import { type Examined, examine } from '@onrecord/shared/doctor/examine';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { maskNumber } from '@onrecord/shared/telemetry/mask-number';

/** What `onrecord doctor` would say, into the log. In the background: no start waits for it or fails by it. */
export async function checkAtStart(examined: Examined, logger: Logger, now: () => Date): Promise<void> {
  try {
    const findings = await examine(examined, {}, now);
    for (const { check, status, seen, remedy } of findings) {
      if (status === 'ok') continue;
      logger.warn({ name: masked(check), status, reason: masked(seen), remedy }, 'a check at start found something');
    }
  } catch (error) {
    logger.warn({ err: error }, 'the checks at start could not be made');
  }
}

/** Long runs of digits are in SIDs as well, by which a person finds what is meant. */
const masked = (text: string) =>
  text
    .split(/(\b[A-Z]{2}[0-9a-f]{32}\b)/)
    .map((part, at) => (at % 2 === 1 ? part : maskNumber(part)))
    .join('');
