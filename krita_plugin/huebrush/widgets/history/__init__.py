"""The page History: results of the document, of today and of earlier days."""
