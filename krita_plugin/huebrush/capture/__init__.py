"""Reading what a job needs out of documents and files: line art, references, edit masks."""
