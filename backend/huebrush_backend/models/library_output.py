"""Limits what the model libraries print, on a user's terminal and in the log."""

from __future__ import annotations

import warnings


def quieten_libraries() -> None:
    """Hide the model libraries' progress bars and notices for developers."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    warnings.simplefilter("ignore", FutureWarning)
    for library in (diffusers_logging, transformers_logging):
        library.disable_progress_bar()
        library.set_verbosity_error()
