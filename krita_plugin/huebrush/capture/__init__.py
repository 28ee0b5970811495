"""Reading of all that a job needs from documents and files: line art, references, edit masks."""
