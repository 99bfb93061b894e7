import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const ITERATIONS = 4_096;

/**
 * What Postgres keeps of a password, so that the password itself is in no statement and no log of it.
 * Source: PostgreSQL documentation, "pg_authid": SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey; RFC 5802, section 3.
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const stored = createHash('sha256').update(keyOf(salted, 'Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${keyOf(salted, 'Server Key').toString('base64')}`;
}

const keyOf = (salted: Buffer, name: string) => createHmac('sha256', salted).update(name).digest();
