"""One file per widget; pages compose them."""
