"""Every test runs with the shapes of the package's signatures enforced."""

import jaxtyping

jaxtyping.install_import_hook("looks_aligned", "beartype.beartype")
