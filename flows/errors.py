"""What can stop a command, and the exit code each carries.

    FairleadError                 1   anything below, or a fault of ours
    ├── UsageError                2   the command line or a setting is wrong
    ├── SourceRefused             6   the source cannot be read, or has too many bad rows
    ├── CheckRefused              7   a gate's verdict stopped the run before allocation
    ├── PolicyRefused             8   the policy has mistakes, or is not in force
    └── EnvironmentRefused        9   database, beacon, mail server or site folder is not usable

`fairlead verify` has the exit codes of the verdicts: 0 VERIFIED, 1 FAILED, 3 ORDER NOT PROVEN,
4 OPERATOR-TRUSTED, 5 VALUE BY EYE.
"""

from __future__ import annotations


class FairleadError(Exception):
    """Stops a command with a message for its user: what is wrong, where, what to do."""

    exit_code = 1


class UsageError(FairleadError):
    exit_code = 2


class SourceRefused(FairleadError):
    exit_code = 6


class CheckRefused(FairleadError):
    exit_code = 7


class PolicyRefused(FairleadError):
    exit_code = 8


class EnvironmentRefused(FairleadError):
    exit_code = 9
