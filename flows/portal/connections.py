"""A few open connections that many requests take turns with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, LifoQueue
from threading import BoundedSemaphore

import psycopg

PATIENCE_S = 30


class Busy(Exception):
    """No connection became free in time."""


class Connections:
    """At most `most` connections; each `with` is one transaction, committed at its end."""

    def __init__(self, connect: Callable[[], psycopg.Connection], most: int = 8) -> None:
        self._connect = connect
        self._turns = BoundedSemaphore(most)
        self._idle: LifoQueue[psycopg.Connection] = LifoQueue()

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        if not self._turns.acquire(timeout=PATIENCE_S):
            raise Busy
        try:
            conn = self._take()
            try:
                with conn.transaction():
                    yield conn
            except psycopg.Error:
                conn.close()  # it may be broken: the next one opens anew
                raise
            finally:
                if not conn.closed:
                    self._idle.put(conn)
        finally:
            self._turns.release()

    def _take(self) -> psycopg.Connection:
        while True:
            try:
                conn = self._idle.get_nowait()
            except Empty:
                return self._connect()
            if not conn.closed:
                return conn

    def close(self) -> None:
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return
