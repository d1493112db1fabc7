"""The command line."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from derive.cli.streams import FAILED, INTERRUPTED, PIPE_CLOSED, reason
from derive.version import VERSION

_COMMANDS = {
    "check": "checking",
    "codegen": "generating",
    "corpus": "corpora",
    "declare": "declaring",
    "explain": "checking",
    "gradient": "deriving",
    "hessian": "deriving",
    "jacobian": "deriving",
    "prove": "deriving",
    "replay": "deriving",
    "rules": "deriving",
    "stationary": "deriving",
}
"""The module of each command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    gc.set_threshold(100_000, 20, 20)  # expressions are many and have no circles
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign shows its number instead.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        # Not `cli.main`, which has its own opinion of an interrupt and of a closed pipe.
        with cli.make_context("derive", list(sys.argv[1:] if arguments is None else arguments)) as context:
            status: int = cli.invoke(context)
        sys.stdout.flush()
        return status
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KeyboardInterrupt:
        print("derive: interrupted", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        if error.errno != errno.EPIPE:
            print(f"derive: {reason(error)}", file=sys.stderr)
            return FAILED
        # Whoever read the output has gone; the interpreter must not fail once more when it flushes at the end.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED


class _Group(click.Group):
    """Commands that are imported when they are asked for: what generates code, for one, is not needed to judge."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"derive.cli.{_COMMANDS[cmd_name]}"), cmd_name)
        gc.freeze()  # what is imported stays; the workers share it
        return command


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, prog_name="derive")
def cli() -> None:
    """Proof-read matrix calculus: judge every step of a derivation written in LaTeX, and derive what is missing."""
