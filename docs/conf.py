"""Sphinx settings. Build with `make docs`."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "OpGrad"
author = "the OpGrad authors"
project_copyright = author
release = version = version_of("opgrad")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "graph_drawing",
    "op_reference",
]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_preserve_defaults = True
napoleon_use_ivar = True  # an "Attributes:" section beside documented members is no duplicate
exclude_patterns = ["_build"]
highlight_language = "python"
highlight_options = {"python": {"stripnl": True}}  # quoted source may end in blank lines

html_theme = "furo"
html_title = "OpGrad"
html_static_path = ["_static"]
html_css_files = ["opgrad.css"]
html_copy_source = False
