"""Modules that `derive codegen` wrote; a test generates them again and compares."""
