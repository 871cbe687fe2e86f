"""A registry that is far away: loopback with the time that a network takes."""

import asyncio
import multiprocessing
import socket

# Milliseconds from one end to the other and back.
ROUND_TRIP = 20


class Distant:
    """Passes connections on to a server of loopback; whatever is sent arrives half a round trip later."""

    def __init__(self, host: str):
        self._target = host.rsplit(":", 1)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._process: multiprocessing.Process | None = None

    def __enter__(self) -> "Distant":
        self._process = multiprocessing.Process(target=self._run, daemon=True)
        self._process.start()
        self._socket.close()
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connect, sock=self._socket)
        async with server:
            await server.serve_forever()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The handshake takes a round trip before the first byte can be on its way.
        await asyncio.sleep(ROUND_TRIP / 1000)
        target_reader, target_writer = await asyncio.open_connection(self._target[0], int(self._target[1]))
        await asyncio.gather(self._pass(reader, target_writer), self._pass(target_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        pending: asyncio.Queue = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, piece = await pending.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                if not piece:
                    break
                writer.write(piece)
                await writer.drain()
            writer.close()

        delivery = asyncio.create_task(deliver())
        try:
            while piece := await reader.read(1 << 16):
                pending.put_nowait((loop.time() + ROUND_TRIP / 2000, piece))
        except ConnectionError:
            pass
        pending.put_nowait((loop.time(), b""))
        try:
            await delivery
        except ConnectionError:
            pass
