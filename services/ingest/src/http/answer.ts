import { EventLogUnavailableError, RecordTooLargeError } from '@onrecord/shared/event-log/port';
import { PublisherOverloadedError } from '@onrecord/shared/event-log/publisher';
import { problemResponse } from '@onrecord/shared/http/problem';
import { ParameterError } from '../domain/parameters.ts';
import type { Edge } from './edge.ts';
import { RefusedError } from './refused-error.ts';

/** Seconds; for whoever honours it. Twilio retries by its own schedule. */
const RETRY_AFTER_SECONDS = '1';

/** Runs a request's work, turns what it throws into an answer, and counts both. */
export async function answer(path: string, edge: Edge, work: () => Promise<Response>): Promise<Response> {
  const startedAt = performance.now();
  const response = await work().catch((error: unknown) => failure(path, edge, error));
  const durationMs = performance.now() - startedAt;
  edge.metrics.answered(path, response.status, durationMs / 1_000);
  edge.logger.debug({ path, httpStatus: response.status, durationMs }, 'a request was answered');
  return response;
}

function failure(path: string, { logger }: Edge, error: unknown): Response {
  if (error instanceof RefusedError) {
    // Why a signature is refused was logged where it was checked, and what is shed is told of once a second.
    if (error.status !== 403 && error.status !== 503) {
      const { status: httpStatus, parameter, seen } = error;
      logger.info({ path, httpStatus, parameter, reason: error.message, ...seen }, 'a request was refused');
    }
    const { status, message: title, parameter, headers } = error;
    return problemResponse({ status, title, parameter }, headers);
  }
  if (error instanceof ParameterError) {
    const { parameter, callSid, message: reason } = error;
    logger.warn({ path, httpStatus: 400, parameter, callSid, reason }, 'a callback was refused');
    return problemResponse({ status: 400, title: reason, parameter });
  }
  if (error instanceof RecordTooLargeError) {
    logger.error({ path, httpStatus: 413, err: error }, 'a callback is too large to be kept');
    return problemResponse({ status: 413, title: 'the callback is too large to be kept' });
  }
  if (error instanceof EventLogUnavailableError || error instanceof PublisherOverloadedError) {
    logger.error({ path, httpStatus: 503, err: error }, 'a callback could not be made durable; Twilio may try again');
    const title = 'the event log is unavailable';
    return problemResponse({ status: 503, title }, { 'retry-after': RETRY_AFTER_SECONDS });
  }
  logger.error({ path, httpStatus: 500, err: error }, 'a callback failed unforeseen');
  return problemResponse({ status: 500, title: 'something went wrong here' });
}
