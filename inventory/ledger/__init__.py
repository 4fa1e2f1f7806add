"""The books: accounts, postings, balances. Features meet here and nowhere else."""
