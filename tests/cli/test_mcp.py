"""`corsdoctor mcp`, started as a process, and asked by the client of the SDK."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.to_thread import run_sync
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import CallToolResult, TextContent

from corsdoctor.cli import COMMANDS, corsdoctor
from corsdoctor.cli.mcp_tools import TOOLS
from tests.cli.conftest import PAGE, Run, Server

MESSAGE = (
    f"Access to fetch at 'https://api.example/me' from origin '{PAGE}' has been blocked by CORS policy: "
    "No 'Access-Control-Allow-Origin' header is present on the requested resource."
)
TRANSCRIPT = "> GET /none HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n>\n< HTTP/1.1 200 OK\n<\n"
LONG = "3600"  # seconds
ENDS = 120  # seconds after which a process that still runs counts as left behind


def asked(use: Callable[[Client], Awaitable[None]], folder: Path | None = None, **env: str) -> None:
    """Runs `use` with a client of a new `corsdoctor mcp`, which is started in `folder`."""
    path = os.pathsep.join(filter(None, sys.path))
    server = StdioServerParameters(
        command=sys.executable, args=["-P", "-m", "corsdoctor", "mcp"], env={"PYTHONPATH": path, **env}, cwd=folder
    )

    async def main() -> None:
        async with Client(stdio_client(server)) as client:
            await use(client)

    anyio.run(main)


def texts(result: CallToolResult) -> list[str]:
    assert all(isinstance(one, TextContent) for one in result.content)
    return [one.text for one in result.content if isinstance(one, TextContent)]


def undated(text: str) -> str:
    """`text` without the times of responses."""
    return re.sub(r"\w+, [\w ]+ \d\d:\d\d:\d\d GMT", "", text)


def test_each_tool_returns_the_json_of_its_command(run: Run, server: Server, tmp_path: Path) -> None:
    transcript = tmp_path / "transcript.txt"
    transcript.write_text(TRANSCRIPT, encoding="utf-8")
    url, file = f"{server.url}/put", str(transcript)
    request: dict[str, Any] = {"urls": [url], "origin": PAGE, "method": "PUT", "header": ["X-A: 1", "X-B: 2"]}
    words = (url, "--origin", PAGE, "-X", "PUT", "-H", "X-A: 1", "-H", "X-B: 2")
    jsonl = ("--format", "jsonl")
    expected: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        ("check", {**request, "browser": ["firefox"]}, (*words, "--browser", "firefox", *jsonl)),
        ("plan", {**request, "as": "xhr", "upload_listener": True}, (*words, "--as", "xhr", "--upload-listener", *jsonl)),
        ("preflight", request, (*words, *jsonl)),
        ("fix", {"urls": [url], "origin": [PAGE], "server": "nginx"}, (url, "--origin", PAGE, "--server", "nginx", *jsonl)),
        ("explain", {"text": MESSAGE}, (MESSAGE, *jsonl)),
        ("explain", {"rule": "acao-present"}, ("acao-present", *jsonl)),
        ("replay", {"file": file, "blocked": True}, (file, "--blocked", *jsonl)),
        ("rules", {}, ("--format", "json")),
    ]  # fmt: skip
    assert {tool for tool, _, _ in expected} == TOOLS.keys()

    async def use(client: Client) -> None:
        for tool, arguments, argv in expected:
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, texts(result)
            assert undated(texts(result)[0]) == undated(run(tool, *argv).stdout.rstrip("\n")), tool

    asked(use)


def test_the_tools_are_described_by_their_commands() -> None:
    async def use(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools.keys() == TOOLS.keys() <= COMMANDS.keys()
        for tool in tools.values():
            Draft202012Validator.check_schema(tool.input_schema)
            assert tool.description
            assert all(known["description"] for known in tool.input_schema["properties"].values())
        assert {name for name, tool in tools.items() if "send" in tool.input_schema["properties"]} == {"check", "fix"}
        hints = {name: tool.annotations for name, tool in tools.items() if tool.annotations is not None}
        assert hints.keys() == tools.keys()
        sending = {"check", "preflight", "fix"}
        assert {name for name, hint in hints.items() if not hint.read_only_hint} == sending
        assert {name for name, hint in hints.items() if hint.open_world_hint} == sending
        offered = {argument for tool in tools.values() for argument in tool.input_schema["properties"]}
        assert not offered & {"show_secrets", "format", "save", "redact", "cookie_jar", "from", "allow_files", "live"}

    asked(use)


def test_what_changes_data_is_sent_only_where_the_call_says_so(server: Server) -> None:
    """A variable is nobody's consent. A body is text, also if it looks like the name of a file."""
    request = {"urls": [f"{server.url}/put"], "origin": PAGE, "method": "PUT", "data": f"@{__file__}", "probes": "0"}

    async def use(client: Client) -> None:
        for more in ({}, {"send": False}):
            [line] = texts(await client.call_tool("check", {**request, **more}))
            assert json.loads(line)["verdict"] == "unsent"
            await client.call_tool("fix", {**request, "origin": [PAGE], "method": ["PUT"], **more})
        assert "OPTIONS /put" in server.requests
        assert "PUT /put" not in server.requests
        [line] = texts(await client.call_tool("check", {**request, "send": True}))
        assert json.loads(line)["verdict"] == "allowed"
        assert server.bodies[server.requests.index("PUT /put")] == f"@{__file__}".encode()

    asked(use, CORSDOCTOR_SEND="1")


def test_secrets_are_masked(server: Server) -> None:
    secret = "Bearer eyJhbGciOiJIUzI1NiJ9.e30.abcdefghijklmnop"
    request = {
        "urls": [f"{server.url}/none?access_token=s3cr3tvalue99"],
        "origin": PAGE,
        "header": [f"Authorization: {secret}"],
    }

    async def use(client: Client) -> None:
        for arguments in (request, {**request, "header": f"Authorization: {secret}"}):  # the latter is a mistake
            whole = "\n".join(texts(await client.call_tool("check", arguments)))
            assert secret not in whole
            assert "s3cr3tvalue99" not in whole

    asked(use, CORSDOCTOR_SHOW_SECRETS="1")


def test_what_is_wrong_is_said(server: Server, tmp_path: Path) -> None:
    request = {"urls": [f"{server.url}/open"], "origin": PAGE}
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("check", {"urls": [], "origin": PAGE}, "$.urls: [] should be non-empty"),
        ("check", {"urls": [f"{server.url}/open"]}, "'origin' is a required property"),
        ("check", {**request, "show_secrets": True}, "('show_secrets' was unexpected)"),
        ("check", {**request, "send": "yes"}, "$.send: 'yes' is not of type 'boolean'"),
        ("check", {**request, "credentials": "always"}, "$.credentials: 'always' is not one of"),
        ("check", {**request, "urls": ["--send"]}, "URL '--send': a URL starts with a scheme"),
        ("check", {**request, "origin": "app.example"}, "an origin starts with a scheme"),
        ("check", {**request, "header": ["X-A: 1\r\nX-B: 2"]}, "--header"),
        ("check", {**request, "urls": ["-"]}, "standard input has no URL"),
        ("check", {**request, "urls": ["https://a.example/\0"]}, "cannot run corsdoctor check"),
        ("check", {**request, "urls": ["https://a.example/" + "a" * 2_000_000]}, "cannot run corsdoctor check"),
        *((tool, {"origin": PAGE}, "'urls' is a required property") for tool in ("plan", "preflight", "fix")),
        ("explain", {"rule": "../console.log"}, "$.rule: '../console.log' does not match"),
        ("explain", {"rule": "acao-presnt"}, "did you mean `acao-present`?"),
        ("explain", {"text": "all is well"}, "no message that corsdoctor knows"),
        ("explain", {}, "no message that corsdoctor knows"),
        ("replay", {"file": str(tmp_path / "none.har")}, "none.har: No such file"),
        ("replay", {}, "'file' is a required property"),
        ("chekc", {}, "unknown tool; must be one of check, plan"),
    ]

    async def use(client: Client) -> None:
        for tool, arguments, wrong in cases:
            result = await client.call_tool(tool, arguments)
            assert result.is_error, (tool, arguments)
            assert wrong in "\n".join(texts(result)), (tool, arguments)

    asked(use)
    assert server.requests == []


def test_no_response_is_a_result() -> None:
    async def use(client: Client) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
            result = await client.call_tool("check", {"urls": [url], "origin": PAGE})
        assert not result.is_error
        assert json.loads(texts(result)[0])["verdict"] == "error"

    asked(use)


def test_the_variables_for_the_connection_count_and_no_other(server: Server) -> None:
    port = server.url.rpartition(":")[2]

    async def use(client: Client) -> None:
        await client.call_tool("check", {"urls": [f"http://api.example:{port}/open"], "origin": "http://app.example"})
        assert server.requests == ["GET /open"]

    asked(use, CORSDOCTOR_RESOLVE=f"api.example:{port}:127.0.0.1", CORSDOCTOR_METHOD="HEAD")


def test_no_module_of_the_project_is_run(tmp_path: Path) -> None:
    for name in ("corsdoctor", "click"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('run')", encoding="utf-8")

    async def use(client: Client) -> None:
        assert not (await client.call_tool("explain", {"rule": "acao-present"})).is_error

    asked(use, tmp_path)


def test_progress_counts_the_results(server: Server) -> None:
    seen: list[float] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        assert (total, bool(message)) == (None, True)
        seen.append(progress)

    async def use(client: Client) -> None:
        urls = [f"{server.url}/open?{i}" for i in range(3)]
        result = await client.call_tool("check", {"urls": urls, "origin": PAGE}, progress_callback=on_progress)
        assert [json.loads(line)["request"]["url"] for line in texts(result)[0].splitlines()] == urls

    asked(use)
    assert seen == sorted(set(seen))
    assert seen[-1] == 3


def test_a_call_that_is_cancelled_ends_its_process() -> None:
    async def use(client: Client) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            async with anyio.create_task_group() as calls:
                calls.start_soon(partial(client.call_tool, "check", {"urls": [url], "origin": PAGE}))
                connection, _ = await run_sync(silent.accept)
                calls.cancel_scope.cancel()
            with connection:
                await run_sync(until_closed, connection)
        assert not (await client.call_tool("rules")).is_error  # the server goes on

    asked(use, CORSDOCTOR_MAX_TIME=LONG)


def test_nothing_runs_on_where_the_client_is_gone() -> None:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        subprocess.Popen(
            [sys.executable, "-m", "corsdoctor", "mcp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "CORSDOCTOR_MAX_TIME": LONG},
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        call = {
            "name": "check",
            "arguments": {"urls": [f"http://127.0.0.1:{silent.getsockname()[1]}/"], "origin": PAGE},
        }
        messages = [
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
            {"jsonrpc": "2.0", "method": "notifications/initialized"},
            {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
        ]
        for message in messages:
            process.stdin.write(json.dumps(message).encode() + b"\n")
        process.stdin.flush()
        connection, _ = silent.accept()
        process.stdin.close()
        with connection:
            until_closed(connection)
        assert process.wait(ENDS) == 0
        assert [json.loads(line)["id"] for line in process.stdout.read().splitlines()][:1] == [1]


def until_closed(connection: socket.socket) -> None:
    """Reads until the other side is gone."""
    connection.settimeout(ENDS)
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass


@pytest.mark.parametrize("package", ["anyio", "jsonschema", "mcp", "mcp.server"])
def test_without_the_extra_one_line_names_it(run: Run, monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.delitem(sys.modules, "corsdoctor.cli.mcp_tools", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    result = run("mcp")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "corsdoctor: mcp: requires an extra: pip install 'corsdoctor[mcp]'\n"


def test_another_package_that_is_missing_is_not_the_extra(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "corsdoctor.cli.mcp_tools", raising=False)
    monkeypatch.setitem(sys.modules, "corsdoctor.masking", None)
    assert "extra" not in run("mcp").stderr


@pytest.mark.parametrize("isatty", [True, False, None])
def test_on_a_terminal_one_line_says_what_is_awaited(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], isatty: bool | None
) -> None:
    class Input(io.StringIO):
        def isatty(self) -> bool:
            return bool(isatty)

    monkeypatch.setattr(sys, "stdin", None if isatty is None else Input())
    monkeypatch.setattr("corsdoctor.cli.mcp_tools.serve", lambda: None)
    assert corsdoctor.main(["mcp"], standalone_mode=False) == 0
    stdout, stderr = capsys.readouterr()
    assert (stdout, stderr.count("\n")) == ("", int(bool(isatty)))


def test_no_other_command_loads_the_sdk() -> None:
    code = (
        "import sys, click; from corsdoctor.cli import COMMANDS, corsdoctor\n"
        "for name in COMMANDS: corsdoctor.get_command(click.Context(corsdoctor), name)\n"
        "print(sys.modules.keys() & {'anyio', 'asyncio', 'jsonschema', 'mcp', 'pydantic', 'starlette'})"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
