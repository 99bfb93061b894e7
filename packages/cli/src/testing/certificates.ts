import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  key: string;
  cert: string;
}

/** An authority and what it issues, made by OpenSSL; `expired` ended in 2021. */
export function makeCertificates(host: string) {
  const folder = mkdtempSync(join(tmpdir(), 'onrecord-certificates-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string): Certificate => ({
    key: readFileSync(join(folder, `${name}.key`), 'utf8'),
    cert: readFileSync(join(folder, `${name}.crt`), 'utf8'),
  });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const selfSigned = (name: string, ...more: string[]) =>
    openssl('req', '-x509', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.crt`, '-days', '90', ...more);
  mkdirSync(join(folder, 'issued'));
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(
    join(folder, 'ca.cnf'),
    '[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nnew_certs_dir=issued\nrand_serial=yes\ndefault_md=sha256\npolicy=any\nunique_subject=no\ncopy_extensions=copy\n[any]\ncommonName=supplied\n',
  );
  const issue = (name: string, issuer: string, forHost: string, [start, end]: [string, string], isCa = false) => {
    const extension = isCa ? 'basicConstraints=critical,CA:TRUE' : `subjectAltName=DNS:${forHost}`;
    openssl(
      'req',
      '-new',
      ...newKey,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${forHost}`,
      '-addext',
      extension,
    );
    openssl(
      'ca',
      '-config',
      'ca.cnf',
      '-batch',
      '-notext',
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.crt`,
      '-cert',
      `${issuer}.crt`,
      '-keyfile',
      `${issuer}.key`,
      '-startdate',
      start,
      '-enddate',
      end,
    );
  };
  const stamp = (days: number) =>
    `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  const current: [string, string] = [stamp(-1), stamp(60)];
  try {
    selfSigned('ca', '-subj', '/CN=test authority');
    selfSigned('self', '-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`);
    issue('between', 'ca', 'between', current, true);
    issue('good', 'ca', host, current);
    issue('other', 'ca', 'other.example.org', current);
    issue('expired', 'ca', host, ['20200101000000Z', '20210101000000Z']);
    issue('soon', 'ca', host, [stamp(-1), stamp(3)]);
    issue('chained', 'between', host, current);
    return {
      ca: read('ca').cert,
      good: read('good'),
      other: read('other'),
      expired: read('expired'),
      soon: read('soon'),
      selfSigned: read('self'),
      /** Its intermediate is missing. */
      incomplete: read('chained'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
