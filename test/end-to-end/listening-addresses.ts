import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The state LISTEN. Source: Linux include/net/tcp_states.h. */
const LISTEN = '0A';

/**
 * The addresses that a process takes connections on, each once, as Linux has them: `127.0.0.1`, and those of IPv6 as its hexadecimal
 * digits. Source: proc_pid_net(5), tcp and tcp6.
 */
export function listeningAddresses(pid: number): string[] {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  const inodes = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
  const sockets = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'utf8').split('\n').slice(1),
  );
  const own = sockets
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === LISTEN && inodes.has(inode));
  return [...new Set(own.map(([, local = '']) => address(local.split(':')[0] ?? '')))];
}

/** IPv4 is written as a number in the machine's byte order, which is the little end first wherever this runs. */
const address = (digits: string) => (digits.length > 8 ? digits : [...Buffer.from(digits, 'hex')].reverse().join('.'));
