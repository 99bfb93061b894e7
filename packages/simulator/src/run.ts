import { join } from 'node:path';
import type { Delivery } from './calls/deliveries.ts';
import type { Settings } from './config.ts';
import { playScenario } from './play-scenario.ts';
import { readScenario } from './scenario.ts';
import { type Simulator, startSimulator } from './simulator.ts';

export interface RunningSimulator extends Pick<Simulator, 'stop'> {
  /** Settled when the scenario is over; the simulator goes on. Without a scenario it is over at once. */
  played: Promise<void>;
}

/**
 * The simulator as its settings say.
 * @throws ScenarioError before anything is started
 * @throws Error with the remedy: for a port in use, a folder that cannot be written
 */
export async function runSimulator(settings: Settings, print: (line: string) => void): Promise<RunningSimulator> {
  const { SIMULATOR_SCENARIO: path, TWILIO_AUTH_TOKEN_NEXT: nextToken } = settings;
  const scenario = path === undefined ? undefined : await readScenario(path, { hasNextToken: nextToken !== undefined });
  const simulator = await start(settings, print);
  if (scenario === undefined) return { stop: simulator.stop, played: Promise.resolve() };
  const stopping = new AbortController();
  const say = (line: string) => print(`simulator: scenario ${path}, ${line}`);
  const played = playScenario(scenario, simulator, say, stopping.signal).catch((error) => {
    if (!stopping.signal.aborted) throw error;
  });
  const stop = () => {
    stopping.abort();
    return simulator.stop();
  };
  return { stop, played };
}

async function start(settings: Settings, print: (line: string) => void): Promise<Simulator> {
  const { SIMULATOR_DATA_DIR: dataDir, PORT: port } = settings;
  const isTalkative = ['trace', 'debug', 'info'].includes(settings.LOG_LEVEL);
  try {
    const simulator = await startSimulator({
      accountSid: settings.TWILIO_ACCOUNT_SID,
      authToken: settings.TWILIO_AUTH_TOKEN,
      nextAuthToken: settings.TWILIO_AUTH_TOKEN_NEXT,
      publicBaseUrl: settings.PUBLIC_BASE_URL,
      dataDir,
      speechCacheDir: join(dataDir, 'speech'),
      port,
      hostname: settings.LISTEN_HOST,
      apiUrl: settings.SIMULATOR_URL,
      deepgramApiKey: settings.DEEPGRAM_API_KEY,
      connectionOverrides: settings.SIMULATOR_CONNECTION_OVERRIDES,
      speed: settings.SIMULATOR_SPEED,
      ...(isTalkative ? { onDelivery: (delivery) => print(describe(delivery)) } : {}),
    });
    if (isTalkative) print(`simulator: Twilio and Deepgram look-alikes at ${simulator.url}, data in ${dataDir}`);
    return simulator;
  } catch (error) {
    throw withRemedy(error, port, dataDir);
  }
}

/** Without phone numbers: the path, the SID and what was answered. */
export function describe({ kind, method, url, parameters, status, error, attempts }: Delivery): string {
  // The debugger names its alert and level; Event Streams has no parameters at all.
  const sid = parameters.RecordingSid ?? parameters.CallSid ?? parameters.ConferenceSid ?? parameters.Sid;
  const what =
    parameters.RecordingStatus ?? parameters.StatusCallbackEvent ?? parameters.CallStatus ?? parameters.Level;
  const tries = attempts < 2 ? '' : ` after ${attempts} attempts`;
  const about = [kind, sid, what].filter((each) => each !== undefined).join(' ');
  return `simulator: ${about}: ${method} ${new URL(url).pathname} ${status ?? error}${tries}`;
}

function withRemedy(error: unknown, port: number, dataDir: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new Error(`port ${port} is in use: stop what uses it, or set PORT to another one`);
  if (code === 'EACCES' && port < 1_024)
    return new Error(`port ${port} or ${dataDir} is not allowed: set PORT above 1023`);
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    return new Error(`${dataDir} cannot be written (${code}): set SIMULATOR_DATA_DIR to a folder that can`);
  }
  return error;
}
