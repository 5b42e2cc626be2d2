"""How the documentation is made: ``sphinx-build -W docs build/docs`` (extra ``docs``)."""

import sys
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer

sys.path.insert(0, str(Path(__file__).parents[1]))

import spread

project = "spread"
author = "The spread authors"
copyright = "the spread authors; contains public sector information licensed under the Open Government Licence v3.0"
release = version = spread.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["tutorials", "_build"]

myst_heading_anchors = 4  # as a git host makes them, so that one link serves both

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the signature has them
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"spread {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
pygments_style = "friendly"
highlight_language = "sh"  # indented lines are commands


def setup(app: Any) -> None:
    """Connect what is said above with the builder."""
    app.add_lexer("csv", TextLexer)
