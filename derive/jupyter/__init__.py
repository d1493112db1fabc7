"""In notebooks: a cell magic, and the verdicts on Markdown cells; IPython is imported only where it runs."""
