"""Problem statements: models as their authors state them. No result of a model is written here; `derive` derives it."""
