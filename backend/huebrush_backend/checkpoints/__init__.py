"""The authors' released single files: recognised by their keys, checked key by key, loaded without a second copy."""
