"""Tests of Countersign."""
