"""The recursive descent, a layer a module: cursor, scripts, atoms, operators, derivatives."""
