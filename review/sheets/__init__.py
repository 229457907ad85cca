"""Spreadsheets as finance offices print and sign them: `kit` makes any of them from one ordered table of columns."""
