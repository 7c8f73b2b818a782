"""The exceptions that ftlint raises on purpose, and nothing else.

FtlintError                 shown to the user as one message; exit status 2
├── UsageError              the command line asks for something impossible
├── SourceError             a dataset cannot be found, opened or read to its end
├── ConfigError             ftlint.yaml or [tool.ftlint] is wrong
├── PackError               a declarative rule is wrong
├── ModelError              a model that was asked for cannot score at all
└── PluginError             an installed plugin cannot be loaded

Anything else that escapes is a bug in ftlint. A rule that raises does not end the run: the
engine records a `Failure` with the rule and the example, and the run exits with 2.
"""

from __future__ import annotations


class FtlintError(Exception):
    """A mistake that the user can mend; `str()` is the whole message."""


class UsageError(FtlintError):
    """The command line asks for something impossible."""


class SourceError(FtlintError):
    """A dataset cannot be found, opened or read to its end."""


class ConfigError(FtlintError):
    """The configuration is wrong; the message begins with `path:line:column`."""


class PackError(FtlintError):
    """A declarative rule is wrong; the message begins with `path:line:column`."""


class ModelError(FtlintError):
    """A model that was asked for cannot score: its files are wrong, or nobody answers."""


class PluginError(FtlintError):
    """An installed plugin cannot be loaded."""
