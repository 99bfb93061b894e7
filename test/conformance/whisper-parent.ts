import { launchWhisper } from '@onrecord/standalone/whisper/launch';

/** A process that has a Whisper, for a test that kills it. Arguments: the Python, the log file. */
const [python = '', logFile = ''] = process.argv.slice(2);
const { pid, url } = await launchWhisper({ python, logFile, signal: new AbortController().signal, port: 0 });
console.log(JSON.stringify({ pid, url }));
setInterval(() => {}, 60_000);
