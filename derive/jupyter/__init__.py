"""In notebooks: a cell magic, the verdicts on Markdown cells, and progress; IPython is imported only where it runs."""
