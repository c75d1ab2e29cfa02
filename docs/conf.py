"""Settings of Sphinx, which builds the site; `build_scripts/docs.py` calls it."""

project = "Fundus classifier"
author = "the fundus-gui authors"
project_copyright = "2026, the fundus-gui authors; Apache-2.0"
language = "en"

extensions = ["myst_parser"]
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3
highlight_language = "text"
smartquotes_action = "qe"  # no dashes: --out is an option

html_theme = "furo"
html_title = "Fundus classifier"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
pygments_dark_style = "github-dark"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#1f6391",
        "color-brand-content": "#1f6391",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cc0f2",
        "color-brand-content": "#7cc0f2",
    },
}
