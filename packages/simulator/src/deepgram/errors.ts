/** An error as Deepgram answers it. Source: Deepgram "Errors". */
export interface DeepgramFailure {
  status: number;
  errCode: string;
  errMsg: string;
  retryAfterSeconds?: number;
}

export const FAILURES = {
  unauthorised: { status: 401, errCode: 'INVALID_AUTH', errMsg: 'Invalid credentials.' },
  badAudio: {
    status: 400,
    errCode: 'Bad Request',
    errMsg: 'Bad Request: failed to process audio: corrupt or unsupported data',
  },
  tooLarge: { status: 413, errCode: 'PAYLOAD_TOO_LARGE', errMsg: 'The audio is larger than 2 GB.' },
} as const satisfies Record<string, DeepgramFailure>;

export const badRequest = (errMsg: string): DeepgramFailure => ({ status: 400, errCode: 'Bad Request', errMsg });

const CODES: Readonly<Record<number, readonly [code: string, message: string]>> = {
  429: ['TOO_MANY_REQUESTS', 'Too many requests. Please try again later'],
  500: ['INTERNAL_SERVER_ERROR', 'An internal server error occurred.'],
  502: ['BAD_GATEWAY', 'Bad gateway.'],
  503: ['SERVICE_UNAVAILABLE', 'Service unavailable. Please try again later.'],
  504: ['GATEWAY_TIMEOUT', 'Gateway timeout.'],
};

/** What a status that was asked for in a test looks like. */
export function failureOf(status: number, retryAfterSeconds?: number): DeepgramFailure {
  const [errCode, errMsg] = CODES[status] ?? ['Bad Request', `The simulator was asked to answer ${status}.`];
  return { status, errCode, errMsg, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

export const errorBody = ({ errCode, errMsg }: DeepgramFailure, requestId: string) => ({
  err_code: errCode,
  err_msg: errMsg,
  request_id: requestId,
});
