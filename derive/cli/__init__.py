"""The command line."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
from collections.abc import Sequence

import click

from derive.cli.checking import check, explain
from derive.cli.corpora import corpus
from derive.cli.deriving import gradient, hessian, jacobian, prove, replay, rules, stationary
from derive.cli.generating import codegen
from derive.cli.streams import FAILED, INTERRUPTED, PIPE_CLOSED, reason
from derive.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    gc.freeze()  # what is imported stays; the workers share it
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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, prog_name="derive")
def cli() -> None:
    """Proof-read matrix calculus: judge every step of a derivation written in LaTeX, and derive what is missing."""


for _command in (check, corpus, explain, gradient, jacobian, hessian, stationary, prove, replay, rules, codegen):
    cli.add_command(_command)
