"""The parts of the documentation that the program itself knows, as Markdown, HTML and SVG."""
