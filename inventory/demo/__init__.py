"""A demonstration clinic: three months of work, recorded through the real handlers."""
