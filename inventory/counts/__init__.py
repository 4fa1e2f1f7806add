"""Blind physical counts: started, counted without the books, compared, never edited."""
