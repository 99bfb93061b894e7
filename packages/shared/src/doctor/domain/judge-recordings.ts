import { type Finding, failed, ok, warning } from './finding.ts';

interface Recordings {
  /** How each trunk records, by its SID; undefined where Twilio did not tell. */
  trunks: ReadonlyMap<string, string | undefined>;
  reconciles: boolean;
}

/**
 * Which events a recording asks for is in the TwiML or request that starts it, which Twilio's API does not show; Onrecord's own
 * TwiML asks for all. What can be seen is who records without any callback, and whether somebody asks afterwards.
 */
export function judgeRecordings({ trunks, reconciles }: Recordings): Finding[] {
  const unasked = [...trunks].filter(([, mode]) => mode === undefined).map(([sid]) => sid);
  return [
    ...unasked.map((sid) =>
      warning(
        `trunk ${sid}`,
        'Twilio does not tell whether it records',
        'let the API key read trunks (Elastic SIP Trunking), or look at its recording mode in the Console',
      ),
    ),
    ...judgeAsking(trunks, reconciles),
  ];
}

function judgeAsking(trunks: Recordings['trunks'], reconciles: boolean): Finding[] {
  const check = 'recording callbacks';
  const remedy = 'set RECONCILE_INTERVAL to 5m, or leave it out';
  const recording = [...trunks]
    .filter(([, mode]) => mode !== undefined && mode !== 'do-not-record')
    .map(([sid]) => sid);
  if (recording.length > 0 && !reconciles) {
    return [
      failed(check, `${recording.join(', ')} records without any callback, and RECONCILE_INTERVAL is 0s`, remedy),
    ];
  }
  if (!reconciles) {
    return [warning(check, 'what a callback does not tell is never asked for: RECONCILE_INTERVAL is 0s', remedy)];
  }
  const trunk = recording.length > 0 ? `${recording.join(', ')} records without callbacks; ` : '';
  const unknown = 'Twilio does not tell which events other applications’ recordings ask for';
  return [ok(check, `${trunk}${unknown}; the reconciler asks for what no callback tells`)];
}
