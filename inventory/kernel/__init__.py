"""The pure core: exact amounts, time, ids, codes, people, errors. Imports nothing."""
