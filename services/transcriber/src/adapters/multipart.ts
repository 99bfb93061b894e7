import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

export interface FormFile {
  name: string;
  filename: string;
  contentType: string;
  body: AsyncIterable<Uint8Array>;
  /** Absent means that only the end of the stream tells. */
  bytes: number | undefined;
}

export interface Form {
  contentType: string;
  bytes: number | undefined;
  body: Readable;
}

/**
 * A form with one file that is read while it is sent, and never held. Source: RFC 7578. The file comes last, so that a server
 * knows the fields when it meets it.
 * @param fields names and values; names may repeat
 */
export function multipartForm(fields: readonly (readonly [name: string, value: string])[], file: FormFile): Form {
  const boundary = `onrecord-${randomUUID()}`;
  const part = (disposition: string) => `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n`;
  const head = Buffer.from(
    fields.map(([name, value]) => `${part(`name="${name}"`)}\r\n${value}\r\n`).join('') +
      `${part(`name="${file.name}"; filename="${file.filename}"`)}content-type: ${file.contentType}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const pieces = async function* () {
    yield head;
    yield* file.body;
    yield tail;
  };
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: file.bytes === undefined ? undefined : head.length + file.bytes + tail.length,
    body: Readable.from(pieces()),
  };
}
