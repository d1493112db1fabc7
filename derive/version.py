"""The version of the package, and the only place where it is written."""

VERSION = "0.1.0"
