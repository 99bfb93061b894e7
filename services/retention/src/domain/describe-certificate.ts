import type { DeletionCertificate } from './certificate-schema.ts';
import { describeRequester } from './requester.ts';

/** The certificate for people, as Markdown. What it says is what the JSON says, and no more. */
export function describeCertificate(certificate: DeletionCertificate): string {
  const { subject, decision, requestedBy, sanitization } = certificate;
  const facts: [string, string | undefined][] = [
    ['Deletion', certificate.deletionId],
    ['Account', certificate.accountSid],
    ['Recording', subject.recordingSid],
    ['Call or conference', subject.callSid ?? subject.conferenceSid],
    ['Recorded at', subject.startedAt],
    ['Length', subject.durationSeconds === undefined ? undefined : `${subject.durationSeconds} s`],
    ['What was to go', certificate.data.join(', ')],
    ['Cause', certificate.cause.explanation],
    ['Requested by', requestedBy && describeRequester(requestedBy)],
    [
      'Decision',
      decision &&
        `${decision.outcome} (number ${decision.number}, rule ${decision.rule}, policy ${decision.policy.name} v${decision.policy.version}, ${decision.decidedAt})`,
    ],
    ['Begun', certificate.startedAt],
    ['Completed', `${certificate.completedAt}, after ${certificate.attempts} attempt(s)`],
    ['Type', sanitization.type],
    ['Carried out by', `${sanitization.tool.name} ${sanitization.tool.version}`],
    ['Notes', sanitization.notes],
  ];
  return [
    '# Certificate of deletion',
    table(
      ['Field', 'Value'],
      facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    '## Places',
    table(
      ['Place', 'Outcome', 'Method', 'Verified by', 'At'],
      certificate.places.map((place) => [
        `${place.place}: ${place.name}`,
        place.outcome,
        place.method,
        place.confirmedBy,
        place.confirmedAt ?? '',
      ]),
    ),
    '## Objects',
    certificate.objects.length === 0
      ? 'None was there.'
      : table(
          ['Key', 'Version', 'Bytes', 'SHA-256'],
          certificate.objects.map(({ key, versionId, bytes, sha256 }) => [
            key,
            versionId ?? 'none',
            bytes?.toString() ?? 'not known',
            sha256 ?? 'not known',
          ]),
        ),
    '## What is left',
    table(
      ['What', 'Where', 'Until', 'Looked at again', 'Explanation'],
      certificate.residues.map(({ what, where, until, recheckAt, explanation }) => [
        what,
        where,
        until ?? 'not known',
        recheckAt ?? 'no',
        explanation,
      ]),
    ),
    '',
  ].join('\n\n');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** Nothing that a provider or a key says may end a cell, or be taken for markup. */
const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/[\\|<>&`*_[\]]/g, '\\$&');
