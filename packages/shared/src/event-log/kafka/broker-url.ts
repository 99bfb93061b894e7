export interface KafkaAddress {
  /** `host:port` each. */
  brokers: readonly string[];
  tls: boolean;
  username: string | undefined;
  password: string | undefined;
}

const DEFAULT_PORT = 9092;

/**
 * `kafka://host:9092,host2:9092` or `kafka+ssl://user:password@host:9092`; the port may be left out, user and password are
 * percent-encoded. undefined for anything else: a literal IPv6 address, too, since kafkajs cannot connect to one.
 */
export function parseKafkaUrl(text: string): KafkaAddress | undefined {
  const match = /^kafka(\+ssl)?:\/\/(?:([^:@/]+):([^@/]+)@)?([^@/?#]+)\/?$/.exec(text);
  if (!match?.[4]) return undefined;
  const brokers = match[4].split(',').map(parseBroker);
  const [username, password] = [decode(match[2]), decode(match[3])];
  if (brokers.includes(undefined) || username === null || password === null) return undefined;
  return { brokers: brokers as string[], tls: match[1] !== undefined, username, password };
}

function parseBroker(text: string): string | undefined {
  const match = /^([A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[2] ?? DEFAULT_PORT);
  return match && port > 0 && port <= 65_535 ? `${match[1]}:${port}` : undefined;
}

/** null when the text is not percent-encoded correctly. */
function decode(text: string | undefined): string | undefined | null {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return null;
  }
}
