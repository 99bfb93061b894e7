import { Hono } from 'hono';
import { accountResource, lookupRoutes, numberRoutes, trunkRoutes } from './account-routes.ts';
import { type AccountSetupStore, createAccountSetup } from './account-setup.ts';
import type { AccountState, RecordingState } from './account-state.ts';
import { monitorRoutes, notificationRoutes } from './alert-routes.ts';
import type { Credentials } from './authorize.ts';
import { conferenceRoutes } from './conference-routes.ts';
import { notFound, twilioError } from './errors.ts';
import { isShown, matchesCall, matchesRecording } from './list-filters.ts';
import { pageOf } from './list-page.ts';
import type { MessageFaults } from './message-faults.ts';
import { type MessagesOptions, messagesRest } from './messages.ts';
import { accountPath, callRecordingResource, callResource, recordingResource } from './resources.ts';
import type { RestFaults } from './rest-faults.ts';
import { restGuard } from './rest-guard.ts';
import { serveMedia } from './serve-media.ts';

export interface RestOptions extends Credentials {
  state: AccountState;
  apiUrl(): string;
  now(): Date;
  faults?: RestFaults;
  messageFaults?: MessageFaults;
  setup?: AccountSetupStore;
  /** Calls the sender of a message back. */
  tellMessage?: MessagesOptions['tell'];
}

/** Source: Twilio, error 20009: what has not ended cannot be deleted. */
const GOING_ON: readonly string[] = ['queued', 'ringing', 'in-progress'];

/** Twilio's REST API for calls, recordings, alerts and messages of one account. */
export function twilioRest(options: RestOptions): Hono {
  const { state, apiUrl, now, accountSid } = options;
  const account = new Hono();
  const isListed = ({ sid }: { sid: string }) => options.faults?.isListed(state.ageMs(sid)) ?? true;
  const isProcessed = ({ status }: RecordingState) => options.faults?.isRecordingListed(status) ?? true;
  const shown = (query: URLSearchParams) =>
    state.recordings().filter((each) => isListed(each) && isProcessed(each) && isShown(each, query, now()));

  account.get('/Calls.json', (c) => {
    const url = new URL(c.req.url);
    const page = pageOf(
      state.calls().filter((each) => isListed(each) && matchesCall(each, url.searchParams)),
      url,
    );
    return c.json({ ...page.envelope, calls: page.items.map(callResource) });
  });

  account.get('/Calls/:callSid/Recordings.json', (c) => {
    const url = new URL(c.req.url);
    const callSid = c.req.param('callSid');
    const page = pageOf(
      shown(url.searchParams).filter((each) => each.callSid === callSid && matchesRecording(each, url.searchParams)),
      url,
    );
    return c.json({ ...page.envelope, recordings: page.items.map((each) => callRecordingResource(each, apiUrl())) });
  });

  account.route('/Calls', notificationRoutes(state));

  account.get('/Calls/:file', (c) => {
    const [, sid = '', extension] = find(c.req.param('file'), 'CA') ?? [];
    const call = state.call(sid);
    if (!call || extension !== '.json') throw notFound(c.req.path);
    return c.json(callResource(call));
  });

  account.route('/', conferenceRoutes(state, isListed));

  account.get('/Recordings.json', (c) => {
    const url = new URL(c.req.url);
    const page = pageOf(
      shown(url.searchParams).filter((each) => matchesRecording(each, url.searchParams)),
      url,
    );
    return c.json({ ...page.envelope, recordings: page.items.map((each) => recordingResource(each, apiUrl())) });
  });

  account.get('/Recordings/:file', async (c) => {
    const url = new URL(c.req.url);
    const [, sid = '', extension = ''] = find(c.req.param('file'), 'RE') ?? [];
    const recording = state.recording(sid);
    if (extension !== '.json') return serveMedia(state, recording, extension, url);
    if (!recording || !isShown(recording, url.searchParams, now())) throw notFound(c.req.path);
    return c.json(recordingResource(recording, apiUrl()));
  });

  account.route('/', deletions(options));

  const setup = options.setup ?? createAccountSetup();
  account.route('/', numberRoutes({ accountSid, setup }));
  account.route(
    '/',
    messagesRest({ accountSid, state, now, isListed, faults: options.messageFaults, tell: options.tellMessage }),
  );

  const rest = otherHosts(options, setup, isListed);
  rest.get(`${accountPath(accountSid)}.json`, (c) => c.json(accountResource({ accountSid, setup })));
  return rest.route(accountPath(accountSid), account);
}

const find = (file: string, prefix: 'RE' | 'CA') => new RegExp(`^(${prefix}[0-9a-f]{32})(\\.[a-z0-9]+)?$`).exec(file);

function deletions({ state, now }: RestOptions): Hono {
  const app = new Hono();
  app.delete('/Calls/:file', async (c) => {
    const [, sid = '', extension] = find(c.req.param('file'), 'CA') ?? [];
    const call = state.call(sid);
    if (!call || extension !== '.json') throw notFound(c.req.path);
    if (GOING_ON.includes(call.status)) throw twilioError(409, 20_009, 'Resource not complete');
    await state.removeCall(sid);
    return c.body(null, 204);
  });
  app.delete('/Recordings/:file', async (c) => {
    const [, sid = '', extension] = find(c.req.param('file'), 'RE') ?? [];
    const recording = state.recording(sid);
    if (!recording || recording.deletedAt !== null || extension !== '.json') throw notFound(c.req.path);
    await deleteRecording(state, recording, now());
    return c.body(null, 204);
  });
  return app;
}

/** Everything is asked with credentials; Monitor, Trunking and Lookup have a host each at Twilio. */
function otherHosts(
  options: RestOptions,
  setup: AccountSetupStore,
  isListed: (each: { sid: string }) => boolean,
): Hono {
  const { state, apiUrl, accountSid } = options;
  const rest = new Hono();
  const guard = restGuard(options, options.faults, setup);
  rest.use('/2010-04-01/*', guard);
  rest.use('/v1/*', guard);
  rest.use('/v2/*', guard);
  rest.route('/v1', monitorRoutes({ state, apiUrl, isListed }));
  rest.route('/v1', trunkRoutes({ accountSid, setup }));
  rest.route('/v2', lookupRoutes({ accountSid, setup }));
  return rest;
}

/** @throws HTTPException 409 (20009) before it is completed */
async function deleteRecording(state: AccountState, recording: RecordingState, now: Date): Promise<void> {
  if (recording.status !== 'completed') throw twilioError(409, 20_009, 'Resource not complete');
  const deletedAt = now.toISOString();
  await state.saveRecording({ ...recording, status: 'deleted', deletedAt, dateUpdated: deletedAt });
  await state.deleteMedia(recording.sid);
}
