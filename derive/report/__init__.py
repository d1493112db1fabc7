"""Reports: the relations of a document as text for a terminal and as JSON for programs."""
