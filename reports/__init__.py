"""Printed reports: each gathers frozen data from the books and renders it to PDF."""
