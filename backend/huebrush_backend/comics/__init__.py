"""Comic pages by classical means: panels, gutters, balloons, captions and lettering from ink coverage; no torch."""
