"""Does the book come up on the port that was asked for, and on another where that one is taken?"""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from looks_aligned.explore.page import serve
from looks_aligned.explore.page.serve import bound


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("the book, α", encoding="utf-8")
    return tmp_path


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_it_serves_the_folders_files_on_the_port_that_is_asked_for_and_says_nothing(site, capsys):
    port = a_free_port()
    with serving(bound(site, port)) as address:
        assert address.endswith(f":{port}")
        for path in ("/", "/index.html"):
            with urlopen(address + path, timeout=10) as answer:
                assert answer.read().decode() == "the book, α"
        with pytest.raises(HTTPError, match="404") as missing:
            urlopen(f"{address}/missing.html", timeout=10)
        missing.value.close()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("path", ["missing.html", "deep/er/missing", "other/missing"])
def test_where_there_is_nothing_it_answers_with_the_nearest_404_page(path, site):
    (site / "404.html").write_text("nothing here, α", encoding="utf-8")
    (site / "deep").mkdir()
    (site / "deep" / "404.html").write_text("nothing below", encoding="utf-8")
    with serving(bound(site, 0)) as address, pytest.raises(HTTPError) as missing:
        urlopen(f"{address}/{path}", timeout=10)
    with missing.value as answer:
        assert answer.code == 404
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.read().decode() == ("nothing below" if "deep" in path else "nothing here, α")


def test_a_404_page_above_the_folder_is_not_the_books(site):
    (site / "404.html").write_text("somebody else's")
    (site / "book").mkdir()
    with serving(bound(site / "book", 0)) as address, pytest.raises(HTTPError) as missing:
        urlopen(f"{address}/missing.html", timeout=10)
    with missing.value as answer:
        assert b"somebody else" not in answer.read()


def test_it_takes_another_port_where_that_one_is_taken(site):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(bound(site, port)) as address:
            assert not address.endswith(f":{port}")
            with urlopen(address, timeout=10) as answer:
                assert answer.read().decode() == "the book, α"


def test_two_books_can_be_served_at_once(site):
    port = a_free_port()
    with serving(bound(site, port)) as one, serving(bound(site, port)) as other:
        assert one != other


def test_the_command_says_where_the_book_is_and_ends_when_interrupted(site, monkeypatch, capsys):
    port = a_free_port()

    def interrupted(self: ThreadingHTTPServer) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ThreadingHTTPServer, "serve_forever", interrupted)
    monkeypatch.setattr(sys, "argv", ["serve", str(site), "--port", str(port)])
    serve.main()
    assert f"Looks Aligned is at http://127.0.0.1:{port}/" in capsys.readouterr().out
