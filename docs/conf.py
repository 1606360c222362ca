"""The documentation site: `make docs` builds it, with warnings as errors."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import generate

project = "pytest-flipsnack"
author = "The authors of pytest-flipsnack"
release = version = installed_version("pytest-flipsnack")
extensions = ["myst_parser", "sphinx_copybutton"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"pytest-flipsnack {release}"
html_copy_source = False
html_show_copyright = False
myst_heading_anchors = 4
nitpicky = True
# what a reader copies is the command, not its prompt and its output
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

generate.write(Path(__file__).parent / "reference")
