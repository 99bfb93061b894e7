import { openFileStore } from './file/open.ts';
import type { ObjectStoreOptions } from './options.ts';
import type { ObjectStore } from './port.ts';
import { openS3Store } from './s3/open.ts';

/**
 * Opens the store that `toObjectStoreOptions` read from the settings. S3 is not contacted before the first call: `ping` tells
 * whether it can be reached. Only where the bucket is to be created, it is asked for it.
 * @throws ObjectStoreError when the folder of a file store cannot be created or written, or the bucket not created
 */
export async function openObjectStore(options: ObjectStoreOptions): Promise<ObjectStore> {
  return options.kind === 'file' ? openFileStore(options.folder) : openS3Store(options);
}
